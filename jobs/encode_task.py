"""The task that encodes a whole data set with a model, into the app's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.progress import Report
from store.encoded_cache import Encoded, save_encoded
from vae_core.checkpoint import Checkpoint, checkpoint_folder, load_checkpoint
from vae_core.data import DataError, ImageSet, load_images, load_recorded
from vae_core.latents import Latents, encode_reference

AT_ONCE = 2048  # images between two reports: less than a second


def encode_task(root: str | Path, model: str, data: str, encoded_id: str, report: Report) -> str:
    """Encodes every image of a data set, in its order, and gives back the id under which the cache has them.

    The data set is the one of the model's config where it has that name, in the number and from the seed of then.
    Raises CheckpointError for a model that cannot be opened, DataError for data that is absent or does not fit.
    """
    report(0.0, f"Reading the images of {data}")
    checkpoint = load_checkpoint(checkpoint_folder(Path(root), model))
    images = _images(checkpoint, data)
    parts: list[Latents] = []
    for start in range(0, len(images), AT_ONCE):
        report(start / len(images), f"Encoding image {start + 1:,} of {len(images):,}")
        parts.append(_part(checkpoint, images, np.arange(start, min(start + AT_ONCE, len(images))), len(parts)))
    report(1.0, "Keeping the codes")
    save_encoded(encoded_id, _joined(parts, images))
    return encoded_id


def _images(checkpoint: Checkpoint, data: str) -> ImageSet:
    settings, shape = checkpoint.config.data, checkpoint.config.model.image_shape
    images = load_recorded(settings) if data == settings.name else load_images(data)
    if images.image_shape != shape:
        raise DataError(
            f"The images of {data} have the shape {images.image_shape} (C, H, W); the model takes {shape}. Choose data"
            " of that size, or another model."
        )
    classes = checkpoint.config.model.classes
    if classes and (images.labels is None or images.labels.max() >= classes):
        found = "no labels" if images.labels is None else f"labels up to {images.labels.max()}"
        raise DataError(f"{data} has {found}; the model is conditional on {classes} classes. Choose other data.")
    return images


def _part(checkpoint: Checkpoint, images: ImageSet, rows: np.ndarray, seed: int) -> Latents:
    labels = None if images.labels is None else np.asarray(images.labels[rows])
    return encode_reference(checkpoint.vae, images.pixels(rows), labels, seed=seed)


def _joined(parts: list[Latents], images: ImageSet) -> Encoded:
    split = np.zeros(len(images), dtype=np.int8)  # what is in neither of the others is trained on
    split[images.validation], split[images.test] = 1, 2
    columns = ("mean", "std", "kl", "reconstruction", "image_hash")
    return Encoded(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns},
        label=None if parts[0].label is None else np.concatenate([part.label for part in parts]),
        split=split,
        data_row=np.arange(len(images), dtype=np.int64),
    )
