"""Whether generated pictures are copies: how near the nearest training image is, beside the same of unseen images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

COPIED_BELOW = 1.0  # percent of unseen images whose pictures come as near: below it a picture may be a copy
Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class NearestImages:
    """For each of B pictures the nearest image among many.

    rows: int64 (B,), which it is. images: uint8 (B, C, H, W), the image itself. distances: float64 (B,), the root mean
    square difference of the pixel values, as a share of the range from black to white.
    """

    rows: np.ndarray
    images: np.ndarray
    distances: np.ndarray


def nearest_images(pictures: np.ndarray, parts: Iterable[Part]) -> NearestImages:
    """The nearest image of each picture uint8 (B, C, H, W), in the pixels.

    parts: (rows int64 (n,), images uint8 (n, C, H, W)) one after another, so that they never lie in memory together.
    Raises ValueError when shapes differ, or there is no image at all.
    """
    wanted = _flat(pictures)
    least = np.full(len(pictures), np.inf, dtype=np.float32)
    rows, images = np.full(len(pictures), -1, dtype=np.int64), np.zeros_like(pictures)
    for known, these in parts:
        if these.shape[1:] != pictures.shape[1:]:
            raise ValueError(
                f"The pictures are {pictures.shape[1:]}, the images {these.shape[1:]}; both must be alike."
            )
        flat = _flat(these)
        costs = np.square(flat).sum(axis=1)[:, None] - 2 * (flat @ wanted.T)  # but for the picture's own square
        place = costs.argmin(axis=0)
        better = np.flatnonzero(costs[place, np.arange(len(place))] < least)
        least[better] = costs[place[better], better]
        rows[better], images[better] = known[place[better]], these[place[better]]
    if (rows < 0).any():
        raise ValueError("There is no training image to compare with. Give some.")
    gaps = _flat(images).astype(np.float64) - wanted
    return NearestImages(rows, images, np.sqrt(np.square(gaps).mean(axis=1)))


@dataclass(frozen=True, eq=False)
class CopyScale:
    """How near pictures of unseen images come to a training image: what no copy does by chance.

    distances: float64 (M,), rising, as of ``nearest_images``, of the model's pictures of M held-out images.
    Source: Meehan, Chaudhuri and Dasgupta 2020 (*A Non-Parametric Test to Detect Data-Copying in Generative Models*):
    a model copies where its samples are nearer to the training images than unseen images are.
    """

    distances: np.ndarray

    def __post_init__(self) -> None:
        if len(self.distances) == 0:
            raise ValueError("There is no held-out image to compare with. Give some.")

    @property
    def typical(self) -> float:
        """The distance within which half of the unseen images' pictures have a training image."""
        return float(np.median(self.distances))

    def nearer(self, distances: np.ndarray) -> np.ndarray:
        """The share in percent, float64 (B,), of unseen images whose pictures come nearer than each of these."""
        return 100 * np.searchsorted(self.distances, distances, side="left") / len(self.distances)

    def words(self, distances: np.ndarray) -> list[str]:
        """A sentence for each distance (B,): is that a copy?"""
        return [self._said(each, share) for each, share in zip(distances, self.nearer(distances), strict=True)]

    def _said(self, distance: float, share: float) -> str:
        gap = f"the nearest training image differs by {100 * distance:.1f} % of the grey range (root mean square)"
        typical = f"The model's pictures of {len(self.distances):,} unseen images differ from theirs by"
        middle = f"{typical} {100 * self.typical:.1f} % in the middle"
        if share < COPIED_BELOW:
            return f"Perhaps a copy: {gap}. {middle}; only {share:.1f} % of them are nearer than this one."
        return f"No copy: {gap}. {middle}; {share:.0f} % of them are nearer than this one."


def copy_scale(distances: np.ndarray) -> CopyScale:
    """The scale of the distances float (M,), in any order, of pictures of held-out images."""
    return CopyScale(np.sort(np.asarray(distances, dtype=np.float64)))


def _flat(images: np.ndarray) -> np.ndarray:
    """float32 (N, C·H·W) in [0, 1]."""
    return images.reshape(len(images), -1).astype(np.float32) / 255
