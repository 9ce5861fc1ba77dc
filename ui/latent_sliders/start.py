"""Where the sliders begin: at what the link says, or where this visitor left off; what of a link cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from store import LoadedModel
from ui.link_numbers import linked_number, whole_number
from ui.link_parts import LARGEST, first_label, label_from_link, other_weights, read_part


@dataclass(frozen=True)
class Place:
    """Where a visitor is: in which model, at which latent float32 (D,), and the row of the image it came from.

    model: its name and weights, as `identity` writes them. label: the class of a conditional model, else None.
    visit: how many times the model was changed on the way here.
    """

    model: str
    latent: np.ndarray
    row: int | None
    label: int | None = None
    visit: int = 0


@dataclass(frozen=True)
class Start:
    """Where the sliders begin. The component moves there when `id` changes, and only then.

    latent: float32 (D,). row: the test image it comes from, or None. label: the class of a conditional model.
    locked: dimensions that stay as they are. visit: how many times the model was changed on the way here; a part of
    `id`, so that what was done to the same model earlier no longer counts.
    problem: what in the link could not be used, in sentences; empty when all was well.
    """

    id: str
    latent: np.ndarray
    row: int | None
    visit: int
    label: int | None = None
    locked: tuple[int, ...] = ()
    problem: str = ""


def identity(model: LoadedModel) -> str:
    """The model's name and weights: a copy under another name, or the same name trained again, is another."""
    return f"{model.name}/{model.weights}"


def latent_from_link(text: str, latent_dim: int) -> np.ndarray:
    """The latent float32 (D,) of a link's `z`; raises ValueError with a sentence when it is none of this model's."""
    try:
        latent = np.array([float(part) for part in text.split(",")], dtype=np.float32)
    except ValueError:
        raise ValueError("The link's z is not a list of numbers; it is left aside.") from None
    if len(latent) != latent_dim:
        raise ValueError(
            f"The link's z has {len(latent)} numbers; this model has {latent_dim} dimensions. It is left aside."
        )
    if not (np.abs(latent) <= LARGEST).all():
        raise ValueError(f"The link's z has a number that is not within ±{LARGEST:g}; it is left aside.")
    return latent


def row_from_link(text: str, rows: int) -> int:
    """The row of a link's `image`; raises ValueError with a sentence when the test split has no such row."""
    if rows == 0:
        raise ValueError("This model has no encoded test images; the link's image is left aside.")
    return linked_number("image", text, rows, "the test split has rows", "Row 0 is shown.")


def starting_point(model: LoadedModel, link: Mapping[str, str], left: Place | None = None) -> Start:
    """Where the sliders of this model begin.

    link: URL parameters (`z`, `image`, `label`, `lock`, `weights`). left: where the visitor was last; with another
    model, the link is what that model left in the address, and is not looked at.
    """
    same = left is None or left.model == identity(model)
    link = link if same else {}
    visit = 0 if left is None else left.visit + (not same)
    problems = [other_weights(model, link, "the same latent gives another picture")]
    row = read_part(problems, lambda: row_from_link(link["image"], _rows(model)), None, "image" in link)
    latent = read_part(problems, lambda: latent_from_link(link["z"], model.latent_dim), None, "z" in link)
    label = read_part(
        problems, lambda: label_from_link(link["label"], model.config.model.classes), None, "label" in link
    )
    locked = read_part(problems, lambda: locked_from_link(link["lock"], model.latent_dim), (), "lock" in link)
    if latent is None and row is None and left is not None and same:
        latent, row, label = left.latent, left.row, left.label if label is None else label
    if latent is None and row is None and model.latents is not None:
        row = 0
    return Start(
        id=f"{identity(model)}/{visit}",
        latent=_code(model, row) if latent is None else latent,
        row=row,
        visit=visit,
        label=first_label(model, row) if label is None else label,
        locked=locked,
        problem=" ".join(filter(None, problems)),
    )


def locked_from_link(text: str, latent_dim: int) -> tuple[int, ...]:
    """The locked dimensions of a link's `lock`; raises ValueError with a sentence when one is none of this model's."""
    found = [whole_number(part, latent_dim) for part in text.split(",")]
    if None in found:
        raise ValueError(
            f"The link's lock is {text[:40]!r}; dimensions run from 0 to {latent_dim - 1}. It is left aside."
        )
    return tuple(dict.fromkeys(found))


def _rows(model: LoadedModel) -> int:
    return 0 if model.latents is None else len(model.latents)


def _code(model: LoadedModel, row: int | None) -> np.ndarray:
    """The posterior mean of the image, or the prior's mean without one."""
    if row is None or model.latents is None:
        return np.zeros(model.latent_dim, dtype=np.float32)
    return model.latents.mean[row]
