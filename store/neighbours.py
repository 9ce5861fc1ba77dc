"""The encoded images nearest to a latent, in the latent space itself: exact, by Euclidean distance of the means."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np

from store.sources import Source

MOST_NEIGHBOURS = 256
ROUNDING = 1e-5  # of a float32 sum, as a share of what was added up


@dataclass(frozen=True, eq=False)
class Near:
    """rows: int64 (k,), nearest first. distances: float64 (k,), rising."""

    rows: np.ndarray
    distances: np.ndarray


_HALF_SQUARES: weakref.WeakKeyDictionary[Source, np.ndarray] = weakref.WeakKeyDictionary()


def nearest(source: Source, latent: np.ndarray, count: int, without: int | None = None) -> Near:
    """The `count` nearest images of a latent float32 (D,), or as many as there are.

    without: a row that is left out, such as that of the image whose latent it is.
    """
    latent = np.asarray(latent, dtype=np.float32)
    cost = _half_squares(source) - source.mean @ latent
    if without is not None:
        cost[without] = np.inf
    count = min(count, len(source) - (without is not None))
    farthest = np.partition(cost, count - 1)[count - 1]
    # float32 sums of the same distance differ in their last digits: all within those are compared in float64
    rows = np.flatnonzero(cost <= farthest + ROUNDING * (abs(farthest) + np.square(latent).sum() + 1))
    distances = np.sqrt(np.square(source.mean[rows].astype(np.float64) - latent).sum(axis=1))
    order = np.lexsort((rows, distances))[:count]
    return Near(rows[order], distances[order])


def _half_squares(source: Source) -> np.ndarray:
    known = _HALF_SQUARES.get(source)
    if known is None:
        known = _HALF_SQUARES[source] = 0.5 * np.einsum("nd,nd->n", source.mean, source.mean)
    return known
