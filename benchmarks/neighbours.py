"""Exact neighbours: the time of one query and whether the answer is that of brute force in double precision.

    python -m benchmarks.neighbours

Latents of 16 dimensions: the stored ones of mnist-16d, and 70,000 and 1,000,000 drawn from the density that was fitted
to the model's posterior means. The 12 nearest of latents that are none of them, one query at a time, as a page asks.
Beside it scikit-learn's NearestNeighbors, by a k-d tree and by brute force; all on one thread. The goal: 20 ms at
1,000,000 after indexing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from benchmarks.machine import heading
from vae_core.checkpoint import load_density, load_latents
from vae_core.latent.maps import Neighbours

COUNT = 12
Query = Callable[[np.ndarray], np.ndarray]  # latents (1, D) -> rows (1, COUNT)


def by_force(means: np.ndarray, latent: np.ndarray) -> np.ndarray:
    distances = np.zeros(len(means))
    for dimension in range(means.shape[1]):
        distances += np.square(means[:, dimension].astype(np.float64) - latent[dimension])
    return np.lexsort((np.arange(len(means)), distances))[:COUNT]


def ours(means: np.ndarray) -> Query:
    index = Neighbours(means)
    return lambda latents: index.nearest(latents, COUNT)[0]


def scikit(algorithm: str) -> Callable[[np.ndarray], Query]:
    def build(means: np.ndarray) -> Query:
        index = NearestNeighbors(n_neighbors=COUNT, algorithm=algorithm).fit(means)
        return lambda latents: index.kneighbors(latents, return_distance=False)

    return build


SIDES = {"ours": ours, "scikit-learn, k-d tree": scikit("kd_tree"), "scikit-learn, brute force": scikit("brute")}


def line(side: str, means: np.ndarray, latents: np.ndarray, truth: list[np.ndarray]) -> str:
    started = time.perf_counter()
    query = SIDES[side](means)
    indexed = time.perf_counter() - started
    query(latents[:1])
    times, worked, same = [], time.process_time(), 0
    for latent, wanted in zip(latents, truth, strict=True):
        started = time.perf_counter()
        rows = query(latent[None])
        times.append(1000 * (time.perf_counter() - started))
        same += bool(np.array_equal(rows[0], wanted))
    worked = 1000 * (time.process_time() - worked) / len(latents)
    median, high = np.percentile(times, [50, 95])
    return (
        f"| {len(means):,} | {side} | {indexed:.2f} | {median:.1f} / {high:.1f} | {min(times):.1f} | {worked:.1f} |"
        f" {same} of {len(latents)} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.checkpoints / "mnist-16d"
    density = load_density(folder)
    sets = [load_latents(folder).mean, *(density.sample(count, options.seed) for count in (70_000, 1_000_000))]
    latents = density.sample(options.queries, options.seed + 1)
    print(*(f"{key}: {value}" for key, value in heading("benchmarks.neighbours").items()), sep="\n")
    print("\n| latents | side | indexing, s | a query, ms (median / p95) | fastest | CPU, ms | same as by force |")
    print("|---|---|---|---|---|---|---|")
    with threadpool_limits(1):
        for means in sets:
            truth = [by_force(means, latent) for latent in latents]
            for side in SIDES:
                print(line(side, means, latents, truth), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
