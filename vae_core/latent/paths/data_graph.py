"""The way along the data: from encoded image to encoded image, each among the nearest of the one before."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, final

import numpy as np

from vae_core.latent.maps.neighbours import Neighbours
from vae_core.latent.paths.even import spaced
from vae_core.latent.paths.keyed import KeyedPath, checked_keys, joined, key_places

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # the server imports this file at its start, scipy.sparse where it is used

NEAREST = 10
SHORTEST = 1e-12  # of an edge: a sparse matrix would take zero for no edge
MOST_SEARCHED = 2048  # latents of an island that look for the nearest of the mainland


@final
class DataGraph:
    """Latents of images, each joined to its nearest by edges as long as their distance in latent space.

    Where that leaves islands, each gets one bridge to the largest, the shortest there is, so that a way always exists.
    Source: Tenenbaum, de Silva and Langford 2000 (*A Global Geometric Framework*, Isomap), steps 1 and 2.
    """

    def __init__(self, means: np.ndarray, nearest: int = NEAREST) -> None:
        """means: float32 (N, D), posterior means of images. Raises ValueError unless finite, with one row or more."""
        self._neighbours = Neighbours(means)
        self.means = np.asarray(means, dtype=np.float32)
        self.nearest = min(nearest, len(means) - 1)
        self._edges = _with_bridges(self.means, _edges(self._neighbours, self.nearest))

    def rows_between(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """The rows that the shortest way from one latent (D,) to another passes, int64 (R,); none where they are near.

        Each of the two is joined to the images nearest to it, and to the other where that is as near.
        """
        from scipy.sparse import bmat, csr_matrix
        from scipy.sparse.csgraph import dijkstra

        ends = np.stack([start, end]).astype(np.float32)
        count = len(self.means)
        rows, distances = self._neighbours.nearest(ends, max(self.nearest, 1))
        to_images = _weighted(np.repeat([0, 1], rows.shape[1]), rows.ravel(), distances.ravel(), (2, count))
        apart = float(np.linalg.norm(ends[0].astype(np.float64) - ends[1]))
        direct = csr_matrix((2, 2))
        if apart <= distances.max():
            direct = _weighted(np.array([0]), np.array([1]), np.array([apart]), (2, 2))
        whole = bmat([[self._edges, to_images.T], [to_images, direct]], format="csr")
        _, before = dijkstra(whole, directed=False, indices=count, return_predecessors=True)
        return _passed(before, count, count + 1)


def along_data(keys: np.ndarray, graph: DataGraph, steps: int) -> KeyedPath:
    """The shortest way through the neighbour graph from key to key, in ``steps`` points altogether; keys (K, D).

    Straight from image to image; points evenly spaced by the latent length within each segment. Errors as
    ``linear_through``, and where the keys are of another model than the graph.
    """
    keys = checked_keys(keys)
    if keys.shape[1] != graph.means.shape[1]:
        raise ValueError(
            f"The keys have {keys.shape[1]} dimensions; the images' latents have {graph.means.shape[1]}."
            " Take both of one model."
        )
    counts = np.diff(key_places(len(keys), steps)) + 1
    return joined([_between(*ends, graph, int(count)) for ends, count in zip(pairwise(keys), counts, strict=True)])


def _between(start: np.ndarray, end: np.ndarray, graph: DataGraph, count: int) -> np.ndarray:
    points = np.concatenate([start[None], graph.means[graph.rows_between(start, end)], end[None]])
    lengths = np.linalg.norm(np.diff(points.astype(np.float64), axis=0), axis=1)
    return spaced(points, lengths, count)


def _edges(neighbours: Neighbours, nearest: int) -> csr_matrix:
    count = len(neighbours)
    rows, distances = neighbours.of_all(nearest + 1)
    return _weighted(np.repeat(np.arange(count), rows.shape[1]), rows.ravel(), distances.ravel(), (count, count))


def _weighted(first: np.ndarray, second: np.ndarray, lengths: np.ndarray, shape: tuple[int, int]) -> csr_matrix:
    from scipy.sparse import coo_matrix

    weights = np.maximum(lengths.astype(np.float64), SHORTEST)
    apart = first != second if shape[0] == shape[1] else np.ones(len(first), dtype=bool)
    return coo_matrix((weights[apart], (first[apart], second[apart])), shape=shape).tocsr()


def _with_bridges(means: np.ndarray, edges: csr_matrix) -> csr_matrix:
    from scipy.sparse.csgraph import connected_components

    islands, label = connected_components(edges, directed=False)
    if islands == 1:
        return edges
    largest = int(np.bincount(label).argmax())
    mainland = np.flatnonzero(label == largest)
    bridges = [_bridge(means, np.flatnonzero(label == each), mainland) for each in range(islands) if each != largest]
    first, second, lengths = (np.array(column) for column in zip(*bridges, strict=True))
    return edges + _weighted(first, second, lengths, edges.shape)


def _bridge(means: np.ndarray, island: np.ndarray, mainland: np.ndarray) -> tuple[int, int, float]:
    """The nearest pair of an island and the mainland, and its distance; of many latents an even share looks."""
    searched = island[:: max(1, len(island) // MOST_SEARCHED)]
    rows, distances = Neighbours(means[mainland]).nearest(means[searched], 1)
    best = int(distances[:, 0].argmin())
    return int(searched[best]), int(mainland[rows[best, 0]]), float(distances[best, 0])


def _passed(before: np.ndarray, start: int, end: int) -> np.ndarray:
    """The nodes between two ends, in order, from each node's last one before it."""
    way = [int(before[end])]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return np.array(way[-2::-1], dtype=np.int64)
