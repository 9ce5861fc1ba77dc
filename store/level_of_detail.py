"""What of very many points is shown: a sample that leaves no region empty, and a raster that counts all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CELLS = 256  # to a side of the grid that a sample is spread over
OTHER = 255  # in a raster of classes: no point here
MOST_CLASSES = 255

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


@dataclass(frozen=True, eq=False)
class Raster:
    """Points counted by cell; the first row is the lowest y.

    counts: float32 (height, width). classes: uint8 (height, width), the most frequent class of each cell, 255 where it
    is empty; None without classes.
    """

    counts: np.ndarray
    classes: np.ndarray | None


def points_in(points: np.ndarray, box: Box) -> np.ndarray:
    """The places int64 (m,), ascending, of points float32 (N, 2 or 3) that lie in the box, its edges included."""
    x, y = points[:, 0], points[:, 1]
    return np.flatnonzero((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))


def sample_places(points: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """At most so many places int64 (m,), ascending, of points float32 (N, 2 or 3), drawn from the seed.

    The box of the points is cut into 256 by 256 cells, and every cell gives as many points as the others or all that
    it has: what lies alone is never left out for what lies dense, as long as there are fewer cells in use than `most`.
    """
    if len(points) <= most:
        return np.arange(len(points))
    cells = _cells(points, bounding_box(points), CELLS, CELLS)
    # one key for cell and chance: a permutation would hold the interpreter lock
    drawn = np.random.default_rng(seed).integers(0, 2**32, len(points), dtype=np.uint32)
    order = np.argsort((cells.astype(np.uint64) << np.uint64(32)) | drawn)
    counts = np.bincount(cells, minlength=CELLS * CELLS)
    starts = np.cumsum(counts) - counts
    turn = np.arange(len(points)) - starts[cells[order]]  # which of its cell a point is, in the order of the draw
    quota = _quota(counts, most)
    chosen = order[turn < quota]
    rest = order[turn == quota][: most - len(chosen)]
    return np.sort(np.concatenate([chosen, rest]))


def raster(points: np.ndarray, box: Box, width: int, height: int, classes: np.ndarray | None = None) -> Raster:
    """The points float32 (N, 2 or 3) in a box counted by cell.

    classes: int (N,), below 0 for none; those above 254 have no say in what is most frequent.
    """
    inside = points_in(points, box)
    cells = _cells(np.take(points, inside, axis=0), box, width, height)
    counts = np.bincount(cells, minlength=width * height).astype(np.float32).reshape(height, width)
    if classes is None:
        return Raster(counts, None)
    return Raster(counts, _most_frequent(cells, classes[inside], width * height).reshape(height, width))


def bounding_box(points: np.ndarray) -> Box:
    """The smallest box that holds all points float32 (N, 2 or 3), N ≥ 1."""
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _cells(points: np.ndarray, box: Box, width: int, height: int) -> np.ndarray:
    across = _steps(points[:, 0], box[0], box[2], width)
    return _steps(points[:, 1], box[1], box[3], height) * width + across


def _steps(values: np.ndarray, low: float, high: float, count: int) -> np.ndarray:
    scale = count / (high - low) if high > low else 0.0
    return np.clip((values - np.float32(low)) * np.float32(scale), 0, count - 1).astype(np.int64)


def _quota(counts: np.ndarray, most: int) -> int:
    """The largest number of points per cell with which all cells together give at most so many."""
    low, high = 0, int(counts.max())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(counts, middle).sum() <= most else (low, middle - 1)
    return low


def _most_frequent(cells: np.ndarray, classes: np.ndarray, count: int) -> np.ndarray:
    """uint8 (count,): the most frequent class in each cell, the lowest of several; 255 where there is none."""
    known = (classes >= 0) & (classes < MOST_CLASSES)
    if not known.all():
        cells, classes = cells[known], classes[known]
    found = np.full(count, OTHER, dtype=np.uint8)
    pairs = np.sort(cells.astype(np.uint32) * 256 + classes.astype(np.uint32))
    if not len(pairs):
        return found
    first = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
    sizes = np.diff(np.append(first, len(pairs)))
    cell, kind = pairs[first] // 256, pairs[first] % 256
    votes = sizes * 256 + (MOST_CLASSES - kind.astype(np.int64))
    starts = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    found[cell[starts]] = MOST_CLASSES - np.maximum.reduceat(votes, starts) % 256
    return found
