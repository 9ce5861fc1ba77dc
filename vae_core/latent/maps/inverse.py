"""From a place on a map of neighbours back to a latent: approximately, from the latents of the points around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

import numpy as np

from vae_core.latent.maps.errors import MapError, check_means

SUPPORTERS = 24  # points around a place whose latents are averaged
# Width of the weights by method, as a share of the distance to the farthest supporter, chosen by benchmarks.map_inverse
# --choose. On UMAP the nearest dot is hardly nearer in the latent space than the next 15, so all count; on t-SNE each
# further one is farther, so the nearest lead.
WIDTHS: Mapping[str, float] = MappingProxyType({"umap": 0.5, "tsne": 0.05})
SMALLEST = 1e-9
LEAST = 1e-6  # share of a weight that the farthest supporter keeps, so that there is one where all are as far


@dataclass(frozen=True, eq=False)
class Picked:
    """Latents of places on a map.

    latents: float32 (B, D). support: float32 (B,), in 0..1: 1 where the points lie as near as they do to one another
    there, towards 0 in empty space. rows: int64 (B, S), the supporting points, nearest first. weights: float32 (B, S),
    adding up to 1.
    """

    latents: np.ndarray
    support: np.ndarray
    rows: np.ndarray
    weights: np.ndarray


@final
class MapInverse:
    """The way back from a map of neighbours, where no exact one exists.

    The latent of a place is the mean of the latents of the nearest points on the map, weighted by a kernel whose width
    follows how dense the points lie: what one expects of an image that would be placed there (Nadaraya 1964, Watson
    1964). Cauchy's kernel, in which the nearest lead and the others still count, times Epanechnikov's, which ends at
    the farthest, so that no latent jumps where one supporter takes the place of another.
    """

    def __init__(self, points: np.ndarray, means: np.ndarray, width: float, supporters: int = SUPPORTERS) -> None:
        """points: float32 (N, K); means: float32 (N, D), their latents. width: above 0, see `WIDTHS`.

        Raises MapError unless all are finite and there is one latent for each point.
        """
        from scipy.spatial import cKDTree

        self._means, points = check_means(means), check_means(points)
        if len(self._means) != len(points):
            raise MapError(f"There are {len(points)} points and {len(self._means)} latents; there must be one each.")
        self._supporters, self._width = min(supporters, len(points)), width
        self._tree = cKDTree(points)
        self._components = points.shape[1]
        self._spacing = self._around(points)[0][:, -1]

    def latent_at(self, places: np.ndarray) -> Picked:
        """The latents of places float32 (B, K). Raises MapError for places of another shape or not finite."""
        places = check_means(places)
        if places.shape[1] != self._components:
            raise MapError(f"The places have {places.shape[1]} coordinates; this map has {self._components}.")
        distances, rows = self._around(places)
        weights = _weights(distances, self._width)
        latents = np.einsum("bs,bsd->bd", weights, self._means[rows], dtype=np.float32)
        usual = self._spacing[rows].mean(axis=1)
        support = np.clip((usual + SMALLEST) / (distances[:, -1] + SMALLEST), 0, 1)
        return Picked(latents, support.astype(np.float32), rows.astype(np.int64), weights)

    def _around(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distances float64 (B, S), rising, and rows int (B, S) of the points nearest to places."""
        distances, rows = self._tree.query(places, range(1, self._supporters + 1))
        return distances, rows


def _weights(distances: np.ndarray, width: float) -> np.ndarray:
    scaled = np.square(distances / (distances[:, -1:] + SMALLEST))
    raw = np.maximum(1 - scaled, LEAST) / (scaled + width**2)
    return (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)
