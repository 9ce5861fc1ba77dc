"""Factors of variation on a grid, and their draw by seed and row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.data.errors import DataError

MOST_FACTORS = 8  # the counters of one row; fixed, so that a factor added at the end changes no other
LARGEST_SEED = 2**63 - 1
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Factors:
    """F named factors, each with its grid of values: one tuple of floats per name."""

    names: tuple[str, ...]
    grids: tuple[tuple[float, ...], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each factor takes."""
        return tuple(len(grid) for grid in self.grids)

    def indices(self, rows: np.ndarray, seed: int) -> np.ndarray:
        """Places on the grid, int64 (N, F), uniform and independent; row i of a seed is the same in any company.

        rows: int64 (N,), 0 or more. Raises DataError for a negative row, or a seed outside 0..2**63 - 1. Source:
        the mixing function of SplitMix64 (Steele, Lea and Flood 2014) on a counter; the bias is below 2**-26.
        """
        if not 0 <= seed <= LARGEST_SEED:
            raise DataError(f"the seed is {seed}; it must be 0 to 2**63 - 1. Choose another.")
        rows = np.asarray(rows, np.int64)
        if rows.size and rows.min() < 0:
            raise DataError(f"row {rows.min()} was asked for; rows are counted from 0. Ask for others.")
        counters = rows.astype(np.uint64)[:, None] * np.uint64(MOST_FACTORS) + np.arange(
            len(self.names), dtype=np.uint64
        )
        key = _mixed(np.full((1, 1), seed, np.uint64) + GOLDEN)
        high = _mixed(key + (counters + np.uint64(1)) * GOLDEN) >> np.uint64(32)
        return ((high * np.array(self.sizes, np.uint64)) >> np.uint64(32)).astype(np.int64)

    def values(self, indices: np.ndarray) -> np.ndarray:
        """The values at these places, float64 (N, F). indices: int64 (N, F). Raises DataError for one off the grid."""
        check_factors(indices, self.names, self.sizes, len(indices))
        return np.stack([np.array(grid)[column] for grid, column in zip(self.grids, indices.T, strict=True)], axis=1)


def check_factors(factors: np.ndarray, names: tuple[str, ...], sizes: tuple[int, ...], count: int) -> None:
    """Raise DataError unless factors are int64 (count, F), F named factors with values 0..size-1 each."""
    if len(names) != len(sizes):
        raise DataError(f"there are {len(names)} factor names and {len(sizes)} sizes; give one of each per factor.")
    if factors.dtype != np.int64 or factors.shape != (count, len(names)):
        raise DataError(
            f"factors are {factors.dtype} with shape {factors.shape}; they must be int64 {(count, len(names))}: "
            f"a row per image, a column for each of {', '.join(names) or '(no names)'}. Convert them."
        )
    for name, size, column in zip(names, sizes, factors.T, strict=True):
        if count and (column.min() < 0 or column.max() >= size):
            wrong = int(column.min()) if column.min() < 0 else int(column.max())
            raise DataError(f"{name} has the value {wrong}; its {size} values are 0 to {size - 1}. Mend that row.")


def _mixed(words: np.ndarray) -> np.ndarray:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
