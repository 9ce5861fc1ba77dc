"""A path through key latents, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from jobs.path_facts import path_facts
from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint, load_latents
from vae_core.latent import (
    AggregatedPosterior,
    DataGraph,
    ImageMetric,
    KeyedPath,
    along_data,
    linear_through,
    measure_path,
    relax,
    slerp_through,
    spline_through,
    spread_posterior,
)
from vae_core.vae import VAE

AT_ONCE = {"linear": linear_through, "slerp": slerp_through, "spline": spline_through}
MEASURING = 0.9  # share of the time from which the finished path is measured


def path_task(
    root: str | Path,
    name: str,
    weights: str,
    kind: str,
    keys: np.ndarray,
    steps: int,
    label: int | None,
    report: Report,
) -> dict[str, Any]:
    """The path of that kind through keys float32 (K, D) in about `steps` points, as `path_facts`, with its figures.

    kind: "linear", "slerp", "spline", "data" or "geodesic"; the last is told as it relaxes. weights: the hash under
    which the worker keeps the opened model. label: of a conditional model. The lowest density is that of the
    aggregated posterior of the model's reference set, absent where it has none.
    Raises CheckpointError for a model that cannot be opened, ValueError for keys that make no path.
    """
    folder = checkpoint_folder(Path(root), name)
    metric = ImageMetric(_opened(folder, weights), label)
    for path, share, words in _found(folder, weights, kind, keys, steps, metric):
        report(MEASURING * share, words, partial=path_facts(path))
    report(MEASURING, "Measuring the path")
    posterior = _posterior(folder, weights)
    measured = measure_path(path, metric, None if posterior is None else posterior.log_prob)
    way = np.concatenate([[0.0], np.cumsum(metric.steps(path.latents))])
    return path_facts(path) | {
        "latent_length": measured.latent_length,
        "image_length": measured.image_length,
        "evenness": measured.evenness,
        "lowest_log_density": measured.lowest_log_density,
        "lowest_at": measured.lowest_at,
        "way": np.round(way, 5).tolist(),
        "metric": metric.words,
    }


def _found(
    folder: Path, weights: str, kind: str, keys: np.ndarray, steps: int, metric: ImageMetric
) -> Iterator[tuple[KeyedPath, float, str]]:
    if kind == "geodesic":
        for stage in relax(keys, metric, steps):
            yield stage.path, stage.share, "Relaxing to the shortest path"
    elif kind == "data":
        yield along_data(keys, _graph(folder, weights), steps), 1.0, "Along the data"
    else:
        yield AT_ONCE[kind](keys, steps), 1.0, "Measuring the path"


@lru_cache(maxsize=2)
def _opened(folder: Path, _weights: str) -> VAE:
    return load_checkpoint(folder).vae


@lru_cache(maxsize=2)
def _graph(folder: Path, _weights: str) -> DataGraph:
    return DataGraph(load_latents(folder).mean)


@lru_cache(maxsize=2)
def _posterior(folder: Path, _weights: str) -> AggregatedPosterior | None:
    """q(z) of the reference set; None where there is none, or of fewer than 2 images."""
    latents = load_latents(folder)
    return None if latents is None or len(latents.mean) < 2 else spread_posterior(latents.mean, latents.std)
