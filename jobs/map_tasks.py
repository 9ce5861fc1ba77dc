"""Tasks on maps: lay one out and judge it, place further latents on it, find clusters. Maps go to the app's cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from jobs.progress import Report
from jobs.source_latents import encoded_images
from store.map_cache import DAMAGED, KeptMap, load_map, map_was_damaged, save_map
from vae_core.latent.maps import FittedMap, MapError, aligned, clusters, fit_map, map_quality, place_on_map

JUDGING = 0.93  # share of the time from which the finished map is judged


WARM = {"umap": {"components": 2, "neighbours": 5, "min_dist": 0.1, "seed": 0}, "tsne": {"perplexity": 4, "seed": 0}}


def warm_up() -> None:
    """Imports and compiles what layouts need, by a tiny one of each; compiled code is kept on disk for the next."""
    means = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    for method, parameters in WARM.items():
        place_on_map(fit_map(means, method, parameters), means[:2] + 0.1)


def map_task(
    root: str | Path,
    model: str,
    source: str,
    method: str,
    parameters: Mapping[str, Any],
    map_id: str,
    report: Report,
    rows: np.ndarray | None = None,
    align_to: str | None = None,
) -> str:
    """Makes a map, with its quality, and keeps it in the cache under `map_id`, which it gives back.

    source: "reference" or the id of an encoded set in the cache. rows: int (n,) of an isolated selection. align_to: the
    id of an earlier map onto which a layout is turned by the images that both show; ignored when it is gone.
    Raises MapError for what cannot be mapped, CheckpointError, CacheError.
    """
    if load_map(map_id) is not None:
        return map_id
    damaged = map_was_damaged(map_id)  # load_map has just moved it aside, or the one who asked before
    report(0.0, "The kept file was damaged: making the map again" if damaged else "Reading the encoded images")
    images = encoded_images(root, model, source)
    means, hashes = images.mean, images.image_hash
    if rows is not None:
        means, hashes = means[rows], hashes[rows]
    earlier = None if align_to is None else load_map(align_to)
    start = start_from(earlier, hashes, parameters.get("components", 2))
    fitted = fit_map(means, method, parameters, lambda share, words: report(JUDGING * share, words), start)
    fitted = turned_onto(earlier, fitted, hashes)
    report(JUDGING, "Judging the map")
    quality = map_quality(means, fitted.points)
    if damaged:
        fitted = replace(fitted, words=fitted.words + DAMAGED)
    save_map(map_id, KeptMap(fitted, quality, hashes))
    return map_id


def place_task(map_id: str, latents: np.ndarray, report: Report) -> np.ndarray:
    """Where latents float32 (M, D) lie on the finished map of this id: float32 (M, K).

    Raises MapError when the map has left the cache, or the latents do not fit it.
    """
    report(0.0, "Finding the place")
    kept = load_map(map_id)
    if kept is None:
        raise MapError(f"The map {map_id} is not in the cache any more. Ask for the map again.")
    return place_on_map(kept.fitted, latents)


def cluster_task(
    root: str | Path, model: str, source: str, method: str, size: int, report: Report, seed: int = 0
) -> np.ndarray:
    """The cluster of each encoded image, int16 (N,), below 0 for none; see `vae_core.latent.maps.clusters`."""
    report(0.0, "Reading the encoded images")
    means = encoded_images(root, model, source).mean
    report(0.05, "Finding clusters")
    return clusters(means, method, size, seed)


def start_from(earlier: KeptMap | None, hashes: np.ndarray, components: int) -> np.ndarray | None:
    """Where the points of a refit begin: where an earlier layout has the same images, when it has all of them."""
    if earlier is None or earlier.fitted.exact or earlier.fitted.points.shape[1] != components:
        return None
    rows, others = common_rows(hashes, earlier.image_hash)
    if len(rows) != len(hashes):
        return None
    start = np.empty((len(hashes), components), dtype=np.float32)
    start[rows] = earlier.fitted.points[others]
    return start


def turned_onto(earlier: KeptMap | None, fitted: FittedMap, hashes: np.ndarray) -> FittedMap:
    """The layout turned onto an earlier map of as many dimensions; planes stay, their axes are upright anyway."""
    if earlier is None or fitted.exact or earlier.fitted.points.shape[1] != fitted.points.shape[1]:
        return fitted
    rows, others = common_rows(hashes, earlier.image_hash)
    return replace(fitted, points=aligned(fitted.points, earlier.fitted.points, rows, others))


def common_rows(hashes: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows int64 (C,) in both of the images that are in both, the first of equal ones."""
    _, own, other = np.intersect1d(hashes, others, return_indices=True)
    return own, other
