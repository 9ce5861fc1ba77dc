"""Pictures of the reference set: originals where they are on this machine, else what the model makes of them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from store.data_images import data_images
from store.models import LoadedModel
from store.references import reference_images
from store.sources import REFERENCE, Source

Which = Literal["original", "reconstruction"]
KINDS = ("auto", "original", "reconstruction")


def picture(model: LoadedModel, row: int, kind: str = "auto") -> tuple[np.ndarray, Which]:
    """Pixels uint8 (H, W, C) of a row, and whether they are the original or a reconstruction.

    kind: "original", "reconstruction", or "auto" for the original with the reconstruction in its place.
    Raises LookupError when the row does not exist, or its original is not on this machine.
    """
    pixels, which = pictures(model, [row], kind)
    return pixels[0], which[0]


def pictures(model: LoadedModel, rows: list[int], kind: str = "auto") -> tuple[np.ndarray, list[Which]]:
    """Pixels uint8 (B, H, W, C) of rows, and what each one is. As `picture`, for many at once."""
    _check_kind(kind)
    chosen = _checked(model, rows)
    references = reference_images(model) if kind != "reconstruction" else None
    found = references.rows_found[chosen] if references is not None else np.zeros(len(chosen), dtype=bool)
    if kind == "original" and not found.all():
        missing = int(chosen[~found][0])
        raise LookupError(
            f"The original of row {missing} is not on this machine; ask for kind=auto or kind=reconstruction."
        )
    channels, height, width = model.image_shape
    pixels = np.empty((len(chosen), height, width, channels), dtype=np.uint8)
    if found.any():
        pixels[found] = references.pictures(chosen[found])
    if not found.all():
        pixels[~found] = model.reconstruct(chosen[~found])
    return pixels, ["original" if there else "reconstruction" for there in found]


def source_pictures(
    model: LoadedModel, source: Source, rows: list[int], kind: str = "auto"
) -> tuple[np.ndarray, list[Which]]:
    """As `pictures`, for rows of any source of the model."""
    if source.id == REFERENCE:
        return pictures(model, rows, kind)
    _check_kind(kind)
    for row in rows:
        source.check_row(row)
    chosen = np.asarray(rows, dtype=np.int64)
    images = None if kind == "reconstruction" else data_images(model, source.data)
    if images is not None:
        found = images.pixels(source.data_rows[chosen]).transpose(0, 2, 3, 1)
        return np.ascontiguousarray(found), ["original"] * len(rows)
    if kind == "original":
        raise LookupError(
            f"The images of {source.data} are not on this machine; ask for kind=auto or kind=reconstruction."
        )
    labels = 0 if source.label is None else source.label[chosen]
    return model.decode(source.mean[chosen], labels), ["reconstruction"] * len(rows)


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise LookupError(f"The kind is {kind!r}; it must be one of {', '.join(KINDS)}.")


def _checked(model: LoadedModel, rows: list[int]) -> np.ndarray:
    if model.latents is None:
        raise LookupError(f"The model {model.name} has no reference set; train it again to get one.")
    size = len(model.latents)
    for row in rows:
        if not 0 <= row < size:
            raise LookupError(f"The row is {row}; the reference set of {model.name} has rows 0 to {size - 1}.")
    return np.asarray(rows, dtype=np.int64)
