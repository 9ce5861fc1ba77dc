"""How far the neighbours on a map are true neighbours: trustworthiness and continuity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.latent.maps.errors import MapError, check_means

AT_MOST = 1000  # points that are judged: of more a sample, each against all points
NUMBERS_AT_ONCE = 2**24  # of differences in memory together: 64 MB


@dataclass(frozen=True)
class MapQuality:
    """trustworthiness, continuity: in 0..1, 1 when all neighbours are kept, about 0.5 for a map by chance.

    neighbours: how many of each point were looked at; judged_on: how many points.
    """

    trustworthiness: float
    continuity: float
    neighbours: int
    judged_on: int


def map_quality(
    means: np.ndarray, points: np.ndarray, neighbours: int = 15, at_most: int = AT_MOST, seed: int = 0
) -> MapQuality:
    """How well a map of latents float32 (N, D) at points float32 (N, K) keeps their neighbourhoods.

    Trustworthiness falls when points come to lie among the `neighbours` nearest on the map that are farther in the
    latent space; continuity when some of the nearest in the latent space are torn away on the map. Each costs by its
    rank among all N; of more than `at_most` points a sample drawn from the seed is judged, its ranks still exact.
    Fewer neighbours are taken where there are not enough points. Raises MapError for fewer than 4 points, values that
    are not finite, or shapes that do not fit. Source: Venna and Kaski 2001, equations 1 and 2.
    """
    means, points = check_means(means), check_means(points)
    count = len(means)
    if len(points) != count or count < 4:
        raise MapError(f"There are {count} latents and {len(points)} points; a map is judged on 4 or more, one each.")
    k = min(neighbours, (count - 1) // 2)
    judged = np.sort(np.random.default_rng(seed).permutation(count)[:at_most])
    intruders = missing = 0
    at_once = max(1, NUMBERS_AT_ONCE // means.size)
    for start in range(0, len(judged), at_once):
        rows = judged[start : start + at_once]
        in_space, on_map = _distances(means, rows), _distances(points, rows)
        intruders += _excess_ranks(in_space, _nearest(on_map, k), k)
        missing += _excess_ranks(on_map, _nearest(in_space, k), k)
    scale = 2 / (len(judged) * k * (2 * count - 3 * k - 1))
    return MapQuality(1 - scale * intruders, 1 - scale * missing, k, len(judged))


def quality_words(quality: MapQuality) -> str:
    """What the figures say, such as "Neighbours on this map are mostly true neighbours: 0.94"."""
    return (
        f"Neighbours on this map are {_share(quality.trustworthiness)} true neighbours: {quality.trustworthiness:.2f}."
        f" True neighbours {_kept(quality.continuity)} together: {quality.continuity:.2f}."
    )


def _distances(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Squared distances float32 (B, N) of some rows to all; infinite to themselves: none is its own neighbour."""
    differences = values - values[rows][:, None]
    found = np.einsum("bnd,bnd->bn", differences, differences)
    found[np.arange(len(rows)), rows] = np.inf
    return found


def _nearest(distances: np.ndarray, k: int) -> np.ndarray:
    return np.argpartition(distances, k - 1, axis=1)[:, :k]


def _excess_ranks(distances: np.ndarray, neighbours: np.ndarray, k: int) -> int:
    """How far the ranks of these neighbours exceed k, all together; the nearest has rank 1, equals the same."""
    near = np.take_along_axis(distances, neighbours, axis=1)
    limit = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    return sum(
        max(0, int((distances[row] < near[row, column]).sum()) + 1 - k) for row, column in np.argwhere(near > limit)
    )


def _share(value: float) -> str:
    if value >= 0.98:
        return "nearly all"
    return "mostly" if value >= 0.9 else "often" if value >= 0.8 else "often not"


def _kept(value: float) -> str:
    if value >= 0.98:
        return "nearly all stay"
    return "mostly stay" if value >= 0.9 else "often stay" if value >= 0.8 else "often do not stay"
