"""Parts of a page's link that several pages read: with suspicion, and in sentences where they cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from store import LoadedModel
from ui.link_numbers import linked_number

Part = TypeVar("Part")
LARGEST = 1e4  # a latent in a link beyond this is a typing error: no posterior comes near


def read_part(problems: list[str], read: Callable[[], Part], otherwise: Part, there: bool = True) -> Part:
    """What a part of the link says; the other where it is absent, or cannot be used: then with one more problem."""
    try:
        return read() if there else otherwise
    except ValueError as unusable:
        problems.append(str(unusable))
        return otherwise


def other_weights(model: LoadedModel, link: Mapping[str, str], consequence: str) -> str:
    """A sentence where the link was made with other weights of the model, which ends in the consequence; else empty."""
    made_with = link.get("weights")
    if made_with in (None, model.weights):
        return ""
    return (
        f"The link was made with other weights of {model.name} ({made_with[:16]!r}; now {model.weights}): the model was"
        f" trained again since, so {consequence}."
    )


def label_from_link(text: str, classes: int) -> int:
    """The class of a link's `label`; raises ValueError with a sentence when the model has no such class."""
    if classes == 0:
        raise ValueError("This model is not conditional; the link's label is left aside.")
    return linked_number("label", text, classes, "this model knows", "It is left aside.")


def first_label(model: LoadedModel, row: int | None) -> int | None:
    """The class under which a conditional model first decodes: that of the image, else the first; else None."""
    if not model.config.model.classes:
        return None
    labels = None if model.latents is None else model.latents.label
    return 0 if labels is None or row is None else int(labels[row])
