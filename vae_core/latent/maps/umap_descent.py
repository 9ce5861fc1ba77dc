"""The layout step of UMAP: points that share an edge attract, drawn points repel; compiled, on one core, seeded.

The forces are those of umap-learn. They come from a table by distance in place of two powers of doubles each, the
points that repel are drawn by one generator of 32 bits, and the five of a step act together: benchmarks/README.md has
the figures, and that the maps are as good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.sparse import coo_matrix

NEGATIVES = 5  # drawn points per step along an edge
CLIP = 4.0  # the largest move in one direction, before the rate
SOFTENING = 0.001  # of a repelling force between points that all but meet
MANTISSA_BITS = 7  # of a squared distance that choose its place in the table: forces to 1 %
LOWEST, HIGHEST = 2.0**-24, 2.0**24  # squared distances between which the table tells them apart


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of a graph: from head to tail, int32 (E,), each taken every `period` epochs, float32 (E,)."""

    head: np.ndarray
    tail: np.ndarray
    period: np.ndarray

    @classmethod
    def of(cls, graph: coo_matrix, epochs: int) -> Edges:
        """The edges of a graph of weights in 0..1 that are strong enough to be taken once in so many epochs."""
        kept = graph.data >= graph.data.max() / epochs
        period = (graph.data.max() / graph.data[kept]).astype(np.float32)
        return cls(graph.row[kept].astype(np.int32), graph.col[kept].astype(np.int32), period)


def descend(
    places: np.ndarray,
    others: np.ndarray,
    edges: Edges,
    curve: tuple[float, float],
    epochs: int,
    seed: int,
    report: Callable[[float], None] = lambda share: None,
    rate: float = 1.0,
) -> None:
    """Moves places float32 (N, K), K 2 or 3, so that edges are short; changes them where they lie.

    others: float32 (M, K), where the tails of the edges are: the same array, which then moves too, or the points of a
    finished map, which stay. curve: a and b of the weight 1 / (1 + a d^(2b)) at distance d. rate: of the first epoch,
    falling to 0.
    """
    due = edges.period.copy()
    draw = np.uint32((seed * 2_654_435_761 + 88_675_123) % (2**32 - 1) + 1)
    attract, repel = _force_tables(*curve)
    for epoch in range(epochs):
        step = np.float32(rate * (1 - epoch / epochs))
        draw = _epoch(places, others, edges.head, edges.tail, edges.period, due, np.float32(epoch), attract, repel,
                      step, np.uint32(draw), places is others)  # fmt: skip
        report((epoch + 1) / epochs)


def _force_tables(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Attraction and repulsion over distance, float32, by the leading bits of the squared distance as float32."""
    low, high = (int(np.float32(value).view(np.int32)) >> (23 - MANTISSA_BITS) for value in (LOWEST, HIGHEST))
    middles = ((np.arange(low, high + 1) << (23 - MANTISSA_BITS)) + (1 << (22 - MANTISSA_BITS))).astype(np.int32)
    square = middles.view(np.float32).astype(np.float64)
    power = square**b
    attract = -2 * a * b * power / (square * (a * power + 1))
    repel = 2 * b / ((SOFTENING + square) * (a * power + 1))
    return attract.astype(np.float32), repel.astype(np.float32)


_SHIFT = np.int32(23 - MANTISSA_BITS)
_LOW = np.int32(int(np.float32(LOWEST).view(np.int32)) >> (23 - MANTISSA_BITS))
_LAST = np.int32((int(np.float32(HIGHEST).view(np.int32)) >> (23 - MANTISSA_BITS)) - int(_LOW))
_LIMIT = np.float32(CLIP)


@njit(inline="always")
def _place_in_table(square):
    place = (np.float32(square).view(np.int32) >> _SHIFT) - _LOW
    return min(max(place, np.int32(0)), _LAST)


@njit(inline="always")
def _clipped(value):
    return min(max(value, -_LIMIT), _LIMIT)


@njit(inline="always")
def _drawn_after(draw):
    """The next of 2^32 − 1 numbers of 32 bits (Marsaglia 2003, xorshift), which numba would widen to 64."""
    draw = np.uint32(draw ^ np.uint32(draw << np.uint32(13)))
    draw = np.uint32(draw ^ np.uint32(draw >> np.uint32(17)))
    return np.uint32(draw ^ np.uint32(draw << np.uint32(5)))


@njit(fastmath=True, cache=True)
def _epoch(places, others, head, tail, period, due, epoch, attract, repel, step, draw, both):
    count, deep, nothing = np.uint64(others.shape[0]), places.shape[1] == 3, np.float32(0)
    for edge in range(head.shape[0]):
        if due[edge] > epoch:
            continue
        due[edge] += period[edge]
        i, j = head[edge], tail[edge]
        x, y = places[i, 0], places[i, 1]
        z = places[i, 2] if deep else nothing
        dx, dy = x - others[j, 0], y - others[j, 1]
        dz = z - others[j, 2] if deep else nothing
        force = attract[_place_in_table(dx * dx + dy * dy + dz * dz)]
        mx, my, mz = step * _clipped(force * dx), step * _clipped(force * dy), step * _clipped(force * dz)
        x += mx
        y += my
        z += mz
        if both:
            others[j, 0] -= mx
            others[j, 1] -= my
            if deep:
                others[j, 2] -= mz
        mx, my, mz = nothing, nothing, nothing
        for _ in range(NEGATIVES):
            draw = _drawn_after(draw)
            k = np.int64((np.uint64(draw) * count) >> np.uint64(32))
            dx, dy = x - others[k, 0], y - others[k, 1]
            dz = z - others[k, 2] if deep else nothing
            force = repel[_place_in_table(dx * dx + dy * dy + dz * dz)]
            mx += _clipped(force * dx)
            my += _clipped(force * dy)
            mz += _clipped(force * dz)
        places[i, 0] = x + step * mx
        places[i, 1] = y + step * my
        if deep:
            places[i, 2] = z + step * mz
    return draw
