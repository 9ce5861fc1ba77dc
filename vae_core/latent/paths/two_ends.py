"""Paths from one latent to another. Pure NumPy; the ends are the inputs, bit for bit."""

from __future__ import annotations

import numpy as np

ALMOST_PARALLEL = 1e-6  # sine of the angle below which a float32 direction carries no plane to turn in


def linear_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """The straight way, float32 (steps, D), at equal distances; start and end float32 (D,).

    Raises ValueError when steps < 2, shapes differ or a value is not finite.
    """
    start, end = _checked_ends(start, end, steps)
    t = np.linspace(0, 1, steps)[:, None]
    return _with_exact_ends((1 - t) * start + t * end, start, end)


def slerp_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """The way along a great circle, float32 (steps, D): direction turns and length changes evenly.

    start and end float32 (D,), of any length. A zero vector has no direction and parallel ends have no turn:
    then the way is straight. Opposite ends turn towards the axis they use least (straight when D = 1).
    Raises ValueError as ``linear_path``. Source: Shoemake 1985, on the directions; White 2016 for latents.
    """
    start, end = _checked_ends(start, end, steps)
    length_start, length_end = np.linalg.norm(start), np.linalg.norm(end)
    if length_start == 0 or length_end == 0:
        return linear_path(start, end, steps)
    along = start / length_start
    across, angle = _turn(along, end / length_end)
    if across is None:
        return linear_path(start, end, steps)
    t = np.linspace(0, 1, steps)[:, None]
    directions = np.cos(t * angle) * along + np.sin(t * angle) * across
    return _with_exact_ends(((1 - t) * length_start + t * length_end) * directions, start, end)


def _turn(along: np.ndarray, toward: np.ndarray) -> tuple[np.ndarray | None, float]:
    """The unit vector to turn to from ``along``, and the angle in radians; None when there is no turn."""
    cosine = float(along @ toward)
    across = toward - cosine * along
    sine = float(np.linalg.norm(across))
    if sine > ALMOST_PARALLEL:
        return across / sine, float(np.arctan2(sine, cosine))
    if cosine > 0 or len(along) == 1:
        return None, 0.0
    axis = np.zeros_like(along)
    axis[np.abs(along).argmin()] = 1.0
    across = axis - (axis @ along) * along
    return across / np.linalg.norm(across), float(np.pi)


def _checked_ends(start: np.ndarray, end: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    start, end = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if start.ndim != 1 or start.shape != end.shape or start.size == 0:
        raise ValueError(
            f"The ends have shapes {start.shape} and {end.shape}; both must be (D,). Take one model's latents."
        )
    if not (np.isfinite(start).all() and np.isfinite(end).all()):
        raise ValueError("An end holds NaN or infinity; a path needs finite ends. Choose other images.")
    if steps < 2:
        raise ValueError(f"steps is {steps}; a path needs its two ends. Choose 2 or more.")
    return start, end


def _with_exact_ends(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    points[0], points[-1] = start, end
    return points.astype(np.float32)
