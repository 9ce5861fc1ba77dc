"""The task that looks for the training image nearest to each generated picture, beside the same of unseen images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from jobs.progress import Report
from vae_core.checkpoint import checkpoint_folder, load_checkpoint
from vae_core.data import DataError, ImageSet, load_recorded
from vae_core.data.image_set import some_rows
from vae_core.latents import conditions, posterior_means
from vae_core.metrics.copying import CopyScale, NearestImages, copy_scale, nearest_images
from vae_core.pixels import to_pixels
from vae_core.vae import VAE

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
    scale of unseen images is kept for the next call. Raises DataError, CheckpointError.
    """
    report(0.0, "Reading the training images")
    checkpoint = load_checkpoint(checkpoint_folder(Path(root), model))
    images = _images(checkpoint.config.data.model_dump_json())
    if images.image_shape != checkpoint.vae.image_shape:
        raise DataError(
            f"The images of {images.name} have the shape {images.image_shape}; the model takes"
            f" {checkpoint.vae.image_shape}. Put back the data that it was trained on."
        )
    key = (str(root), model, checkpoint.weights_hash)
    pictures = _decoded(checkpoint.vae, np.asarray(latents, dtype=np.float32), labels)
    unseen = _unseen(checkpoint.vae, images) if key not in _SCALES else pictures[:0]
    found = nearest_images(np.concatenate([pictures, unseen]), _parts(images, report))
    if key not in _SCALES:
        _keep(key, copy_scale(found.distances[len(pictures) :]))
    own = slice(len(pictures))
    nearest = NearestImages(found.rows[own], found.images[own], found.distances[own])
    scale = _SCALES[key]
    return Copies(nearest, scale.typical, scale.nearer(nearest.distances), scale.words(nearest.distances))


_SCALES: dict[tuple[str, str, str], CopyScale] = {}  # in this worker's memory
MOST_SCALES = 8


def _keep(key: tuple[str, str, str], scale: CopyScale) -> None:
    _SCALES[key] = scale
    for oldest in list(_SCALES)[:-MOST_SCALES]:
        del _SCALES[oldest]


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
