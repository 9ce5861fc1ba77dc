"""Groups of latents that lie together: k-means, or HDBSCAN, which leaves out what lies between."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vae_core.latent.maps.errors import MapError, check_means

NOISE = -1  # HDBSCAN: belongs to no cluster
MOST_CLUSTERS = 255
MOST_ROWS = 20_000  # HDBSCAN compares every pair: 70,000 latents would take minutes
Method = Literal["kmeans", "hdbscan"]


def clusters(means: np.ndarray, method: Method, size: int, seed: int = 0) -> np.ndarray:
    """The cluster of each latent float32 (N, D): int16 (N,), the largest cluster is 0, the next 1; NOISE for none.

    method "kmeans": size is the number of clusters. "hdbscan": size is the fewest latents of a cluster; of more than
    20,000 latents a sample drawn from the seed is clustered, and each other one goes with its nearest of the sample.
    Raises MapError for an unknown method, values that are not finite, or a size that does not fit N.
    Source: Lloyd 1982; Arthur and Vassilvitskii 2007 (*k-means++*); Campello, Moulavi and Sander 2013 (*HDBSCAN*).
    """
    means = check_means(means)
    if method == "kmeans":
        found = _k_means(means, size, seed)
    elif method == "hdbscan":
        found = _hdbscan(means, size, seed)
    else:
        raise MapError(f"The method of clustering is {method!r}; it must be kmeans or hdbscan.")
    return _largest_first(found)


def _k_means(means: np.ndarray, count: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    distinct = len(np.unique(means, axis=0)) if len(means) <= MOST_CLUSTERS else len(means)
    if not 2 <= count <= min(MOST_CLUSTERS, distinct):
        raise MapError(
            f"{count} clusters are asked for; k-means makes 2 to {MOST_CLUSTERS}, and no more than there are different"
            f" latents ({distinct:,}). Choose another number."
        )
    return KMeans(count, n_init=1, random_state=seed).fit_predict(means)


def _hdbscan(means: np.ndarray, fewest: int, seed: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    if not 2 <= fewest <= len(means):
        raise MapError(
            f"The smallest cluster shall have {fewest} latents; HDBSCAN takes 2 to {len(means):,}, as many as there"
            " are. Choose another number."
        )
    chosen = np.sort(np.random.default_rng(seed).permutation(len(means))[:MOST_ROWS])
    smallest = max(2, round(fewest * len(chosen) / len(means)))
    sampled = HDBSCAN(min_cluster_size=smallest, copy=False).fit_predict(means[chosen].astype(np.float64))
    if len(chosen) == len(means):
        return sampled
    from vae_core.latent.maps.many_neighbours import nearest_of_many  # numba takes a second to import

    return sampled[nearest_of_many(means[chosen], means, 1)[0][:, 0]]


def _largest_first(found: np.ndarray) -> np.ndarray:
    """The same clusters, int16 (N,), numbered by size, of equal ones the one with the lower row first."""
    numbers, first, sizes = np.unique(found[found >= 0], return_index=True, return_counts=True)
    renamed = np.full(int(found.max(initial=-1)) + 2, NOISE, dtype=np.int16)  # the last place is that of noise
    renamed[numbers[np.lexsort((first, -sizes))]] = np.arange(len(numbers), dtype=np.int16)
    return renamed[found]
