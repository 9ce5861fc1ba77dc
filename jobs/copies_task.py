"""The task that looks for the training image nearest to each generated picture, beside the same of unseen images."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from jobs.progress import Report
from store.cache_files import CacheError
from store.copy_scales import copy_scale_id, load_copy_scale, save_copy_scale
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.data import DataError, ImageSet, load_recorded
from vae_core.data.image_set import some_rows
from vae_core.latents import conditions, posterior_means
from vae_core.metrics.copying import CopyScale, NearestImages, copy_scale, nearest_images
from vae_core.pixels import to_pixels
from vae_core.vae import VAE

LOG = logging.getLogger(__name__)
UNSEEN = 512  # held-out images that the scale is made of
AT_ONCE = 2**25  # bytes of training images compared at once
BATCH = 256


@dataclass(frozen=True, eq=False)
class Copies:
    """nearest: of each picture. typical: see CopyScale. nearer: float64 (B,) percent; words: a sentence for each."""

    nearest: NearestImages
    typical: float
    nearer: np.ndarray
    words: list[str]


def copies_task(root: str | Path, model: str, latents: np.ndarray, labels: np.ndarray | None, report: Report) -> Copies:
    """The training image nearest to the mean picture of each latent float32 (B, D), and whether it may be a copy.

    labels: int (B,) of a conditional model, else None. Reads the model's own data, which must be on this machine; the
    scale of unseen images is kept in the app's cache for the next call. Raises DataError, CheckpointError.
    """
    report(0.0, "Reading the training images")
    checkpoint = load_checkpoint(checkpoint_folder(Path(root), model))
    images = _images(checkpoint.config.data.model_dump_json())
    if images.image_shape != checkpoint.vae.image_shape:
        raise DataError(
            f"The images of {images.name} have the shape {images.image_shape}; the model takes"
            f" {checkpoint.vae.image_shape}. Put back the data that it was trained on."
        )
    key = copy_scale_id(checkpoint.weights_hash, checkpoint.config.data.fingerprint, UNSEEN)
    known = load_copy_scale(key)
    pictures = _decoded(checkpoint.vae, np.asarray(latents, dtype=np.float32), labels)
    unseen = _unseen(checkpoint.vae, images) if known is None else pictures[:0]
    found = nearest_images(np.concatenate([pictures, unseen]), _parts(images, report))
    own = slice(len(pictures))
    nearest = NearestImages(found.rows[own], found.images[own], found.distances[own])
    scale = _kept(key, found.distances[len(pictures) :]) if known is None else copy_scale(known)
    return Copies(nearest, scale.typical, scale.nearer(nearest.distances), scale.words(nearest.distances))


def _kept(key: str, distances: np.ndarray) -> CopyScale:
    """The scale of these distances, kept for every worker where the cache can be written."""
    try:
        save_copy_scale(key, distances)
    except CacheError as problem:
        LOG.warning("%s The scale of copies is measured again next time.", problem)
    return copy_scale(distances)


@lru_cache(maxsize=1)
def _images(settings: str) -> ImageSet:
    """The data set of a config, kept for the next call. settings: its DataSettings as JSON."""
    from vae_core.settings import DataSettings

    return load_recorded(DataSettings.model_validate_json(settings), download=False)


def _parts(images: ImageSet, report: Report) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The training images, some at a time."""
    size, count = int(np.prod(images.image_shape)), len(images.train)
    step = max(1, AT_ONCE // (4 * size))
    for start in range(0, count, step):
        report(0.1 + 0.9 * start / count, f"Comparing with training image {start + 1:,} of {count:,}")
        rows = np.asarray(images.train[start : start + step])
        yield rows, images.pixels(rows)


def _unseen(vae: VAE, images: ImageSet) -> np.ndarray:
    """The model's own pictures, uint8 (M, C, H, W), of held-out images: as smooth as what it generates."""
    rows = some_rows(images.test, UNSEEN, 0)
    labels = None if images.labels is None else np.asarray(images.labels[rows])
    means = posterior_means(vae, images.pixels(rows), labels)
    return _decoded(vae, means, labels)


@torch.inference_mode()
def _decoded(vae: VAE, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Mean pictures uint8 (B, C, H, W)."""
    parts = [
        to_pixels(vae.decode_mean(torch.from_numpy(latents[rows]), conditions(vae, labels, rows))).numpy()
        for rows in (slice(start, start + BATCH) for start in range(0, len(latents), BATCH))
    ]
    return np.concatenate(parts)
