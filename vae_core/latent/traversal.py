"""A latent traversal: the other dimensions stand still while one goes from one end of its range to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Traversal:
    """R dimensions of a space of D, each swept by itself in S steps from the same point.

    dimensions: which, R of 0 to D − 1. values: float32 (R, S), what the dimension of a row holds at each step.
    latents: float32 (R, S, D). label: the class that all are decoded under, locked; None for an unconditional model.
    """

    dimensions: tuple[int, ...]
    values: np.ndarray
    latents: np.ndarray
    label: int | None = None


def traverse(
    point: np.ndarray,
    dimensions: Sequence[int] | None,
    ranges: np.ndarray,
    steps: int,
    label: int | None = None,
) -> Traversal:
    """The traversal of these dimensions (None: all of them, in order) from a point, at equal distances.

    point: float32 (D,). ranges: float32 (R, 2), the first and the last value of each; both are met exactly.
    Raises ValueError when a dimension is not the point's or named twice, the ranges have another shape, a value is not
    finite, or steps < 2. Source: Higgins et al. 2017 (β-VAE), figure 2.
    """
    point, chosen, ends = _checked(point, dimensions, ranges)
    if steps < 2:
        raise ValueError(f"steps is {steps}; a traversal needs its two ends. Choose 2 or more.")
    return _swept(point, chosen, np.linspace(ends[:, 0], ends[:, 1], steps, axis=1), label)


def traverse_loop(
    point: np.ndarray,
    dimensions: Sequence[int] | None,
    ranges: np.ndarray,
    frames: int,
    label: int | None = None,
) -> Traversal:
    """The same there and back, for a film without a jump: the step behind the last one is the first.

    Each row begins at the step that is nearest to the point, rising, so that rows can be shown one after the other.
    Meets both ends exactly, at equal distances (to one frame, when frames is odd). Raises ValueError as ``traverse``,
    and when frames < 2.
    """
    point, chosen, ends = _checked(point, dimensions, ranges)
    if frames < 2:
        raise ValueError(f"frames is {frames}; the way there and back needs its two ends. Choose 2 or more.")
    rising = (frames + 1) // 2
    low, high = ends.T
    there = np.linspace(low, high, rising, endpoint=False, axis=1)
    back = np.linspace(high, low, frames - rising, endpoint=False, axis=1)
    nearest = np.abs(np.concatenate([there, high[:, None]], axis=1) - point[chosen][:, None]).argmin(axis=1)
    loops = np.concatenate([there, back], axis=1)
    turned = (np.arange(frames) + nearest[:, None]) % frames
    return _swept(point, chosen, np.take_along_axis(loops, turned, axis=1), label)


def _swept(point: np.ndarray, dimensions: list[int], values: np.ndarray, label: int | None) -> Traversal:
    latents = np.tile(point, (*values.shape, 1))
    values = values.astype(np.float32)
    for row, dimension in enumerate(dimensions):
        latents[row, :, dimension] = values[row]
    return Traversal(tuple(dimensions), values, latents, label)


def _checked(
    point: np.ndarray, dimensions: Sequence[int] | None, ranges: np.ndarray
) -> tuple[np.ndarray, list[int], np.ndarray]:
    """The point float32 (D,), the dimensions and their ends float64 (R, 2)."""
    point, ends = np.asarray(point, dtype=np.float32), np.asarray(ranges, dtype=np.float64)
    if point.ndim != 1 or point.size == 0:
        raise ValueError(f"The point has shape {point.shape}; it must be (D,). Give one latent.")
    chosen = list(range(len(point))) if dimensions is None else [int(dimension) for dimension in dimensions]
    if not chosen or len(set(chosen)) < len(chosen) or not all(0 <= each < len(point) for each in chosen):
        raise ValueError(
            f"dimensions is {chosen}; a traversal takes one or more different ones of 0 to {len(point) - 1}."
            " Choose among these."
        )
    if ends.shape != (len(chosen), 2):
        raise ValueError(
            f"The ranges have shape {ends.shape}; {len(chosen)} dimensions need ({len(chosen)}, 2)."
            " Give a first and a last value for each."
        )
    if not (np.isfinite(point).all() and np.isfinite(ends).all()):
        raise ValueError("The point or a range holds NaN or infinity; a traversal needs finite ones. Choose others.")
    return point, chosen, ends
