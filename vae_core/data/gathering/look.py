"""A look at images that a person brings, before anything is written: how many, which labels, what size suits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.data.errors import DataError
from vae_core.data.gathering.gather import own_images
from vae_core.data.gathering.suggestion import suggested_shape
from vae_core.data.image_set import FEWEST_IMAGES

MOST_CLASSES_SHOWN = 12


@dataclass(frozen=True)
class Look:
    """count images; classes: name and number of images of the first few of ``n_classes``; shape: (C, H, W), suggested,
    and why; notes: sentences. left_out: how many files are no images by their names."""

    words: str
    count: int
    classes: tuple[tuple[str, int], ...]
    n_classes: int
    shape: tuple[int, int, int]
    why: str
    notes: tuple[str, ...]
    left_out: int

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names."""
        return asdict(self)


def look_at(files: Sequence[Path], flat_shape: tuple[int, int, int] | None = None) -> Look:
    """What the files hold: one folder, ZIP, .npy or .npz, or IDX files. flat_shape: (C, H, W) of images that lie flat.

    Raises DataError when they are no images, or too few.
    """
    images = own_images(files, flat_shape)
    if len(images) < FEWEST_IMAGES:
        raise DataError(
            f"There are {len(images)} images; a data set needs at least {FEWEST_IMAGES}. Add more, or choose another "
            "source."
        )
    suggestion = suggested_shape(images)
    labels = images.labels
    counts = np.zeros(0, int) if labels.values is None else np.bincount(labels.values, minlength=len(labels.names))
    return Look(
        words=images.words,
        count=len(images),
        classes=tuple(zip(labels.names, counts.tolist(), strict=False))[:MOST_CLASSES_SHOWN],
        n_classes=len(labels.names) if labels.values is not None else 0,
        shape=suggestion.shape,
        why=suggestion.why,
        notes=tuple(note for note in (labels.note, *images.notes) if note),
        left_out=len(images.left_out),
    )
