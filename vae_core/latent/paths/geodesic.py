"""The shortest way in pictures: a path that relaxes, as a rubber band does, under the metric of the decoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vae_core.latent.image_metric import ImageMetric
from vae_core.latent.paths.descent import descend
from vae_core.latent.paths.even import spaced
from vae_core.latent.paths.keyed import (
    KeyedPath,
    alone,
    checked_keys,
    joined,
    key_places,
    linear_through,
    slerp_through,
)
from vae_core.latent.paths.measures import POINTS
from vae_core.latent.paths.waves import Waves

KNOTS = 32  # points of each segment that relax
MOST_STEPS = 60
AT_A_TIME = 3  # steps of the descent from one picture of the relaxing path to the next
SETTLED = 1e-4  # of the energy: where so many steps gain less, the path is at rest


@dataclass(frozen=True, eq=False)
class Relaxing:
    """A path on its way to being shortest. path: as it is now, its keys bit for bit.

    share: how much of the work is done, 0 to 1; it is 1 with the last. image_length: of its pictures, in pixel values.
    """

    path: KeyedPath
    share: float
    image_length: float


def relax(keys: np.ndarray, metric: ImageMetric, steps: int = KNOTS, knots: int = KNOTS) -> Iterator[Relaxing]:
    """The way of least energy in pictures from key to key, in ``steps`` points altogether, as it relaxes.

    keys: float32 (K, D). Each segment starts as the shorter in pictures of the straight way and the great circle, its
    points spaced evenly by the picture; then ``knots`` points of it minimise Σ ‖f(z_{i+1}) − f(z_i)‖² with f of
    ``ImageMetric``. The last path is as long as either of those or shorter, measured on 512 points. It is the
    shortest near where it started, not of all. Raises ValueError as ``linear_through``.
    Source: Shao, Kumar and Fletcher 2018, algorithm 1 (the energy); by L-BFGS on waves along the path, in
    scales in which the energy curves about alike in all directions.
    """
    keys = checked_keys(keys)
    counts = np.diff(key_places(len(keys), steps)) + 1
    starts = [_shorter_start(ends, metric) for ends in pairwise(keys)]
    lengths = [length for _, length in starts]
    segments = [start.at(np.linspace(0, 1, count)) for (start, _), count in zip(starts, counts, strict=True)]
    yield Relaxing(joined(segments), 0.0, sum(lengths))
    for place, (start, length) in enumerate(starts):
        for segment, share, found in _relax_segment(start, length, metric, int(counts[place]), knots):
            segments[place], lengths[place] = segment, found
            yield Relaxing(joined(segments), (place + share) / len(starts), sum(lengths))


def geodesic_through(keys: np.ndarray, metric: ImageMetric, steps: int = KNOTS, knots: int = KNOTS) -> KeyedPath:
    """The path that ``relax`` comes to at last."""
    *_, last = relax(keys, metric, steps, knots)
    return last.path


def _shorter_start(ends: tuple[np.ndarray, np.ndarray], metric: ImageMetric) -> tuple[KeyedPath, float]:
    """The straight way or the great circle, on 512 points spaced evenly by the picture, and its length in pictures."""
    ways = [way(np.stack(ends), POINTS).latents for way in (linear_through, slerp_through)]
    changes = [metric.steps(way) for way in ways]
    best = int(np.argmin([change.sum() for change in changes]))
    return alone(spaced(ways[best], changes[best], POINTS)), float(changes[best].sum())


def _relax_segment(
    start: KeyedPath, length: float, metric: ImageMetric, count: int, knots: int
) -> Iterator[tuple[np.ndarray, float, float]]:
    """The segment in ``count`` points, the share of its work that is done, and its length; at last the measured one."""
    places = np.linspace(0, 1, count)
    segment = start.at(places)
    if length > 0:
        waves, energy = Waves(start, metric, knots), np.inf
        for step, (heights, value) in enumerate(descend(waves.energy, waves.at_rest, waves.first_step), start=1):
            segment = waves.latents(heights, places)
            if step == MOST_STEPS:
                break
            if step % AT_A_TIME == 0:
                yield segment, step / (MOST_STEPS + 1), waves.length
                if value > (1 - SETTLED) * energy:
                    break
                energy = value
    measured = float(metric.steps(alone(segment).refined(POINTS)).sum())
    yield (segment, 1.0, measured) if measured <= length else (start.at(places), 1.0, length)
