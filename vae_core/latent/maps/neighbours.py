"""The latents nearest to a latent: exact, by Euclidean distance, without an index that has to be built for minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np

from vae_core.latent.maps.errors import check_means

ROUNDING = 1e-5  # of a float32 sum, as a share of what was added up
SAMPLED = 4096  # latents whose k-th smallest distance bounds that of all


@final
class Neighbours:
    """A set of latents that can be asked for those nearest to any latent.

    All distances are computed: in 16 dimensions and more a tree passes by hardly any latent, and costs more.
    """

    def __init__(self, means: np.ndarray) -> None:
        """means: float32 (N, D). Raises MapError unless all are finite."""
        self._means = check_means(means)
        self._half_squares = 0.5 * np.einsum("nd,nd->n", self._means, self._means)

    def __len__(self) -> int:
        """How many latents there are."""
        return len(self._means)

    def nearest(self, latents: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The `count` nearest, or as many as there are, of each of the latents float32 (B, D).

        Gives rows int64 (B, k), nearest first, the lower row first at equal distance, and distances float64 (B, k).
        Raises MapError unless all latents are finite.
        """
        latents = check_means(latents)
        count = min(count, len(self))
        found = [self._of_one(latent, count) for latent in latents]
        return np.stack([rows for rows, _ in found]), np.stack([distances for _, distances in found])

    def of_all(self, count: int, report: Callable[[float], None] = lambda share: None) -> tuple[np.ndarray, np.ndarray]:
        """The `count` nearest of each latent of the set, itself among them.

        Gives rows int32 (N, k), nearest first, and distances float32 (N, k), to float32's precision.
        report: hears the share that is done.
        """
        count = min(count, len(self))
        from vae_core.latent.maps.many_neighbours import nearest_of_many  # numba takes a second to import

        return nearest_of_many(self._means, self._means, count, report)

    def _of_one(self, latent: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        cost = self._half_squares - self._means @ latent
        bound = _smallest(cost[:: max(1, len(cost) // max(SAMPLED, 8 * count))], count)
        near = cost[cost <= bound]
        farthest = _smallest(near, count)
        # float32 sums of the same distance differ in their last digits: all within those are compared in float64
        slack = ROUNDING * (abs(float(farthest)) + float(latent @ latent) + 1)
        rows = np.flatnonzero(cost <= farthest + slack)
        return self._rising(latent, rows, count)

    def _rising(self, latent: np.ndarray, rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        distances = np.sqrt(np.square(self._means[rows].astype(np.float64) - latent).sum(axis=1))
        order = np.lexsort((rows, distances))[:count]
        return rows[order], distances[order]


def _smallest(values: np.ndarray, count: int) -> float:
    """The count-th smallest of the values, or the largest when there are fewer."""
    place = min(count, len(values)) - 1
    return np.partition(values, place)[place]
