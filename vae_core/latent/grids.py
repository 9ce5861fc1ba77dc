"""Regular grids of latents: a plane of the space, ready to decode."""

from __future__ import annotations

import numpy as np


def latent_grid(
    base: np.ndarray, dimensions: tuple[int, int], ranges: np.ndarray, columns: int, rows: int
) -> np.ndarray:
    """Latents float32 (rows, columns, D): ``base`` with two dimensions swept over their ranges.

    base: float32 (D,). dimensions: (x, y), two different ones.
    ranges: float32 (2, 2), lowest and highest x, then y.
    x grows to the right; y grows upwards, so row 0 holds the highest y, as on a chart.
    Raises ValueError when the dimensions are equal or not the model's, or a count is below 1.
    """
    base = np.asarray(base, dtype=np.float32)
    x, y = dimensions
    if x == y or not all(0 <= dimension < len(base) for dimension in dimensions):
        raise ValueError(
            f"dimensions is {dimensions}; a grid needs two different ones below {len(base)}. Choose others."
        )
    if columns < 1 or rows < 1:
        raise ValueError(f"The grid is {columns} × {rows}; it needs at least 1 × 1. Choose more columns or rows.")
    (left, right), (bottom, top) = np.asarray(ranges, dtype=np.float32)
    grid = np.tile(base, (rows, columns, 1))
    grid[:, :, x] = np.linspace(left, right, columns, dtype=np.float32)
    grid[:, :, y] = np.linspace(top, bottom, rows, dtype=np.float32)[:, None]
    return grid
