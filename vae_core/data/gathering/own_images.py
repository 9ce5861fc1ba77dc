"""Images that a person brings, before they are fitted: how many there are, what they are called, and each of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_core.data.errors import DataError
from vae_core.settings import MOST_CLASSES

MOST_IMAGES = 1_000_000


@dataclass(frozen=True)
class LeftOut:
    """A file that is no image of the set, and why, as a sentence."""

    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Picture:
    """image: of Pillow, or uint8 (H, W) or (H, W, C); notes: what was done to it, a sentence each."""

    image: Image.Image | np.ndarray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Labels:
    """values: int64 (N,), places in names; note: how they were found, a sentence, or why there are none."""

    values: np.ndarray | None = None
    names: tuple[str, ...] = ()
    note: str = ""


class OwnImages(ABC):
    """A set of images to be fitted. ``shape``: (C, H, W) where all are alike and it is known, else None.

    ``labels``: of all images. ``n_test``: how many of the last are a published test set. ``left_out``: files that were
    seen to be no images before any was read. ``words``: what kind of source it is, such as "a ZIP of pictures".
    """

    words: str = ""
    shape: tuple[int, int, int] | None = None
    n_test: int = 0
    has_files: bool = False  # whether each image is a file, whose name is kept

    def __init__(self) -> None:
        self.labels = Labels()
        self.left_out: tuple[LeftOut, ...] = ()
        self.notes: tuple[str, ...] = ()

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def name(self, place: int) -> str:
        """What the image at this place is called."""

    @abstractmethod
    def picture(self, place: int) -> Picture:
        """The image at this place. Raises DataError where it cannot be read."""

    def table(self) -> bytes | None:
        """The metadata.csv or metadata.json that lies beside the images; None where there is none."""
        return None


def check_count(count: int, what: str) -> None:
    """Raises DataError when there are more images than are taken."""
    if count > MOST_IMAGES:
        raise DataError(f"{what} holds {count:,} images; at most {MOST_IMAGES:,} are taken. Take fewer of them.")


def labels_of(values: np.ndarray, names: tuple[str, ...] = ()) -> Labels:
    """Labels of any values, one for each image: whole numbers from 0 on as they are, others numbered in their order.

    names: of the whole numbers. Gives none, and says why, where there are more kinds than a model can be
    conditioned on.
    """
    kinds, places = np.unique(values, return_inverse=True)
    if len(kinds) > MOST_CLASSES:
        return Labels(note=f"There are {len(kinds):,} different labels; up to {MOST_CLASSES:,} are kept, so none are.")
    if kinds.dtype.kind in "iu" and kinds[0] >= 0 and kinds[-1] < MOST_CLASSES:
        known = names or tuple(str(number) for number in range(int(kinds[-1]) + 1))
        return Labels(values.astype(np.int64), known)
    return Labels(places.reshape(-1).astype(np.int64), tuple(str(kind) for kind in kinds))
