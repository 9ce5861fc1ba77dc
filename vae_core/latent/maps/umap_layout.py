"""UMAP: umap-learn's graph of neighbours, laid out by stochastic gradient descent on one core, the same for a seed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # umap speaks of tensorflow, which nobody asked for
    from umap.umap_ import compute_membership_strengths, find_ab_params, fuzzy_simplicial_set, smooth_knn_dist

from vae_core.latent.maps.neighbours import Neighbours
from vae_core.latent.maps.start import first_places
from vae_core.latent.maps.umap_descent import Edges, descend

EPOCHS, EPOCHS_OF_MANY, MANY = 500, 200, 10_000  # umap-learn's own
EPOCHS_OF_NEW = 100
SPREAD = 3.0  # of the widest axis at the start; umap-learn spreads all points over 10
LOCAL = 0.25  # of the steps: what starts near its place, such as a new point beside its neighbours, stays there
Report = Callable[[float, str], None]

for _compiled in (smooth_knn_dist, compute_membership_strengths):
    _compiled.enable_caching()  # a worker that starts anew would compile for six seconds


def fit_umap(
    means: np.ndarray, parameters: Mapping[str, Any], report: Report, start: np.ndarray | None = None
) -> np.ndarray:
    """Points float32 (N, components) of latents float32 (N, D). parameters: components, neighbours, min_dist, seed.

    Source: McInnes, Healy and Melville 2018, algorithms 1 to 5; the exact neighbours stand for the approximate ones.
    """
    seed, neighbours = parameters["seed"], min(parameters["neighbours"], len(means) - 1)
    epochs = EPOCHS if len(means) <= MANY else EPOCHS_OF_MANY
    searching = 0.4 if len(means) > MANY else 0.1  # shares of the time that were measured
    rows, distances = Neighbours(means).of_all(
        neighbours, lambda share: report(searching * share, "Finding the nearest neighbours")
    )
    report(searching, "Weighing the neighbours")
    graph = fuzzy_simplicial_set(
        means,
        neighbours,
        np.random.RandomState(seed),
        "euclidean",
        knn_indices=rows,
        knn_dists=distances,
    )[0]
    size = SPREAD if start is None else None
    places = first_places(means, parameters["components"], seed, size, start)
    curve = find_ab_params(1.0, parameters["min_dist"])
    descend(
        places,
        places,
        Edges.of(graph.tocoo(), epochs),
        curve,
        epochs,
        seed,
        lambda share: report(searching + (1 - searching) * share, "Laying out the points"),
        rate=1.0 if start is None else LOCAL,
    )
    return places - places.mean(axis=0)


def place_umap(means: np.ndarray, points: np.ndarray, parameters: Mapping[str, Any], new: np.ndarray) -> np.ndarray:
    """Places float32 (M, K) of new latents float32 (M, D) on a finished map, whose points do not move.

    Source: umap-learn's transform: a new point starts at the weighted mean of its neighbours on the map.
    """
    count = min(parameters["neighbours"], len(means) - 1)
    rows, distances = Neighbours(means).nearest(new, count)
    distances = distances.astype(np.float32)
    widths, nearest = smooth_knn_dist(distances, float(count), local_connectivity=0.0)
    _, _, weights, _ = compute_membership_strengths(rows.astype(np.int32), distances, widths, nearest, bipartite=True)
    weights = weights.reshape(distances.shape)
    shares = weights / weights.sum(axis=1, keepdims=True)
    places = np.einsum("mk,mkd->md", shares, points[rows]).astype(np.float32)
    heads = np.repeat(np.arange(len(new)), count)
    graph = coo_matrix((weights.ravel(), (heads, rows.ravel())), shape=(len(new), len(means)))
    curve = find_ab_params(1.0, parameters["min_dist"])
    descend(places, points, Edges.of(graph, EPOCHS_OF_NEW), curve, EPOCHS_OF_NEW, parameters["seed"], rate=LOCAL)
    already = distances[:, 0] == 0
    places[already] = points[rows[already, 0]]
    return places
