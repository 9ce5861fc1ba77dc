"""Where the sliders begin: at what the link says, at a chosen image, or where this visitor left off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from store import LoadedModel
from ui.link_numbers import whole_number

LARGEST = 1e4  # a latent in a link beyond this is a typing error: no posterior comes near


@dataclass(frozen=True)
class Place:
    """Where a visitor is: in which model, at which latent float32 (D,), and the row of the image it came from.

    model: its name and weights, as `identity` writes them. visit: how many times the model was changed on the way here.
    """

    model: str
    latent: np.ndarray
    row: int | None
    visit: int = 0


@dataclass(frozen=True)
class Start:
    """Where the sliders begin. The component moves there when `id` changes, and only then.

    latent: float32 (D,). row: the test image it comes from, or None. edited: whether latent differs from its code.
    visit: how many times the model was changed on the way here; a part of `id`, so that what was done to the same model
    earlier no longer counts. problem: what in the link could not be used, as a sentence; empty when all was well.
    """

    id: str
    latent: np.ndarray
    row: int | None
    edited: bool
    visit: int
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
    row = whole_number(text, rows)
    if row is not None:
        return row
    if rows == 0:
        raise ValueError("This model has no encoded test images; the link's image is left aside.")
    raise ValueError(f"The link's image is {text[:20]!r}; the test split has rows 0 to {rows - 1}. Row 0 is shown.")


def starting_point(
    model: LoadedModel,
    link: Mapping[str, str],
    left: Place | None = None,
    asked: Mapping[str, Any] | None = None,
) -> Start:
    """Where the sliders of this model begin.

    link: URL parameters (`z`, `image`). left: where the visitor was last; with another model, the link is what that
    model left in the address, and is not looked at. asked: the row that the component asked for, {"row", "ask",
    "weights"}; it wins when it is meant for these weights.
    """
    same = left is None or left.model == identity(model)
    visit = 0 if left is None else left.visit + (not same)
    here = f"{identity(model)}/{visit}"
    if asked and asked["weights"] == model.weights and asked["row"] in range(_rows(model)):
        row = asked["row"]
        return Start(f"{here}/{asked['ask']}", _code(model, row), row, edited=False, visit=visit)
    first = f"{here}/first"
    row, problem = _linked_row(model, link if same else {})
    if "z" in link and same:
        try:
            latent = latent_from_link(link["z"], model.latent_dim)
            return Start(first, latent, row, edited=True, visit=visit, problem=problem)
        except ValueError as unusable:
            problem = str(unusable)
    if row is None and left is not None and same:
        return Start(first, left.latent, left.row, edited=True, visit=visit, problem=problem)
    if row is None and model.latents is not None:
        row = 0
    return Start(first, _code(model, row), row, edited=False, visit=visit, problem=problem)


def _linked_row(model: LoadedModel, link: Mapping[str, str]) -> tuple[int | None, str]:
    if "image" not in link:
        return None, ""
    try:
        return row_from_link(link["image"], _rows(model)), ""
    except ValueError as unusable:
        return None, str(unusable)


def _rows(model: LoadedModel) -> int:
    return 0 if model.latents is None else len(model.latents)


def _code(model: LoadedModel, row: int | None) -> np.ndarray:
    """The posterior mean of the image, or the prior's mean without one."""
    if row is None or model.latents is None:
        return np.zeros(model.latent_dim, dtype=np.float32)
    return model.latents.mean[row]
