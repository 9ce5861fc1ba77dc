"""t-SNE by openTSNE, from the exact neighbours, seeded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from openTSNE.affinity import PerplexityBasedNN, joint_probabilities_nn
from openTSNE.nearest_neighbors import PrecomputedNeighbors
from openTSNE.tsne import PartialTSNEEmbedding, TSNEEmbedding

from vae_core.latent.maps.neighbours import Neighbours
from vae_core.latent.maps.start import first_places

COMPONENTS = 2
EXAGGERATED, EPOCHS = 250, 500  # openTSNE's own
EXAGGERATION = 12
START = 1e-4  # spread at the start: larger ones cost quality (Kobak and Berens 2019)
PER_PERPLEXITY = 3  # neighbours
MANY = 5_000  # from here on a grid is faster than a tree
CELL = 4  # side of the grid's cells on the map; openTSNE's 1 takes ten times as long for maps that are as good
REPORT_EVERY = 10
SEARCHING = (0.04, 0.08)  # shares of the time that the search and its weights take, as measured with 10,000 images
EPOCHS_OF_NEW = 250
THREADS = 1
Report = Callable[[float, str], None]


def fit_tsne(
    means: np.ndarray, parameters: Mapping[str, Any], report: Report, start: np.ndarray | None = None
) -> np.ndarray:
    """Points float32 (N, 2) of latents float32 (N, D). parameters: perplexity, seed. A perplexity above (N − 1) / 3 is
    lowered to it.

    Source: van der Maaten and Hinton 2008; Linderman et al. 2019 (*FIt-SNE*); Kobak and Berens 2019 (start and rate).
    """
    perplexity = usable_perplexity(parameters["perplexity"], len(means))
    searching, weighing = SEARCHING
    rows, distances = Neighbours(means).of_all(
        1 + _wanted(perplexity, len(means)),
        lambda share: report(searching * share, "Finding the nearest neighbours"),
    )
    report(searching, "Weighing the neighbours")
    known = PrecomputedNeighbors(*_without_itself(rows, distances))
    affinities = PerplexityBasedNN(knn_index=known, perplexity=perplexity, n_jobs=THREADS)
    embedding = TSNEEmbedding(
        first_places(means, COMPONENTS, parameters["seed"], START, start),
        affinities,
        random_state=parameters["seed"],
        negative_gradient_method="fft" if len(means) >= MANY else "bh",
        ints_in_interval=CELL,
        n_jobs=THREADS,
        callbacks_every_iters=REPORT_EVERY,
    )
    for done, count, options in ((0, EXAGGERATED, {"exaggeration": EXAGGERATION, "momentum": 0.5}),
                                 (EXAGGERATED, EPOCHS, {"momentum": 0.8})):  # fmt: skip
        embedding.optimize(count, inplace=True, callbacks=_heard(report, searching + weighing, done), **options)
    return np.asarray(embedding, dtype=np.float32)


def place_tsne(means: np.ndarray, points: np.ndarray, parameters: Mapping[str, Any], new: np.ndarray) -> np.ndarray:
    """Places float32 (M, 2) of new latents float32 (M, D) on a finished map, whose points do not move.

    A new point starts at the median of its nearest neighbours and descends alone (Poličar, Stražar and Zupan 2019).
    """
    perplexity = min(usable_perplexity(parameters["perplexity"], len(means)), 5.0)
    rows, distances = Neighbours(means).nearest(new, _wanted(perplexity, len(means)))
    affinities = joint_probabilities_nn(
        rows, distances, [perplexity], symmetrize=False, normalization="point-wise", n_reference_samples=len(means)
    )
    first = np.median(points[rows[:, :10]], axis=1)
    reference = points.astype(np.float64).view(_Standing)
    placed = PartialTSNEEmbedding(first, reference, affinities, n_jobs=THREADS, negative_gradient_method="bh")
    found = np.asarray(
        placed.optimize(EPOCHS_OF_NEW, learning_rate=0.1, exaggeration=1.5, momentum=0.8), dtype=np.float32
    )
    already = distances[:, 0] == 0
    found[already] = points[rows[already, 0]]
    return found


class _Standing(np.ndarray):
    """The points of a finished map as openTSNE wants them, without the grid that only its fast method uses."""

    interp_coeffs = box_x_lower_bounds = box_y_lower_bounds = None


def usable_perplexity(perplexity: float, count: int) -> float:
    """The perplexity that so many images allow: at most a third of the others."""
    return float(min(perplexity, (count - 1) / PER_PERPLEXITY))


def _wanted(perplexity: float, count: int) -> int:
    return min(count - 1, math.ceil(PER_PERPLEXITY * perplexity))


def _without_itself(rows: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The neighbours of each row but itself; where equal latents have pushed it out, but the last."""
    own = rows == np.arange(len(rows))[:, None]
    own[~own.any(axis=1), -1] = True
    shape = (len(rows), rows.shape[1] - 1)
    return rows[~own].reshape(shape), distances[~own].reshape(shape).astype(np.float64)


def _heard(report: Report, before: float, done: int) -> Callable[[int, float, np.ndarray], None]:
    def heard(iteration: int, error: float, embedding: np.ndarray) -> None:
        share = (done + iteration) / (EXAGGERATED + EPOCHS)
        report(before + (1 - before) * share, "Laying out the points")

    return heard
