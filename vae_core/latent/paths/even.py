"""The same path with its points set anew, so that the picture changes as much from each to the next."""

from __future__ import annotations

import numpy as np

from vae_core.latent.image_metric import ImageMetric
from vae_core.latent.paths.keyed import KeyedPath, alone, joined

FINE = 512  # points on which the way is measured


def evened(path: KeyedPath, metric: ImageMetric, steps: int | None = None) -> KeyedPath:
    """The path in ``steps`` points (as many as it has, by default), evenly spaced by the length of its pictures.

    Keys stay where they are, bit for bit: every segment gets points by its share of the whole length, at least its
    two ends, and spaces them evenly. Where no picture changes, points are even in the latents' way.
    Raises ValueError when there are fewer points than keys.
    """
    steps = len(path.latents) if steps is None else steps
    if steps < len(path.keys):
        raise ValueError(
            f"steps is {steps}; a path through {len(path.keys)} keys has {len(path.keys)} points or more. Choose more."
        )
    each = max(2, FINE // (len(path.keys) - 1))
    fine = [alone(segment).refined(each) for segment in path.segments()]
    changes = [metric.steps(segment) for segment in fine]
    counts = shared_out(np.array([change.sum() for change in changes]), steps - 1)
    return joined([spaced(*parts) for parts in zip(fine, changes, counts + 1, strict=True)])


def shared_out(lengths: np.ndarray, total: int) -> np.ndarray:
    """``total`` steps shared among segments by their lengths (K,), int64 (K,); each gets 1 or more."""
    spare = total - len(lengths)
    whole = lengths.sum()
    wanted = spare * (lengths / whole if whole > 0 else np.full(len(lengths), 1 / len(lengths)))
    counts = np.floor(wanted).astype(np.int64)
    for place in np.argsort(counts - wanted, kind="stable")[: spare - counts.sum()]:
        counts[place] += 1
    return counts + 1


def spaced(points: np.ndarray, changes: np.ndarray, count: int) -> np.ndarray:
    """``count`` points float32 (count, D) on the way through points (S, D), evenly by changes (S − 1,) between these.

    The ends stay, bit for bit. Even in the points' own places where nothing changes.
    """
    way = np.concatenate([[0.0], np.cumsum(changes)]) if changes.sum() > 0 else np.arange(float(len(points)))
    places = np.interp(np.linspace(0, way[-1], count), way, np.arange(len(points)))
    return alone(points).at(places / (len(points) - 1))
