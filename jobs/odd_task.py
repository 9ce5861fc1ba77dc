"""The task that scores how strange each image of a source is to its model, into the app's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from jobs.progress import Report
from jobs.source_latents import encoded_images
from store.encoded_cache import Encoded
from store.odd_scores import STORED, WHOLE, save_odd_scores
from store.references import match
from vae_core.checkpoint import Checkpoint, checkpoint_folder, load_checkpoint, load_density
from vae_core.data import DataError, ImageSet, load_images, load_recorded
from vae_core.latents import Latents, image_hashes
from vae_core.metrics import anomaly_reference, anomaly_scores, ink
from vae_core.metrics.anomaly import inked_pixels

AT_ONCE = 10_000  # images that are scored together; more are scored in parts, each with a seed of its own
MOST_TRAINING = 25_000  # images that the reference is made of, as in vae_core.metrics.anomaly_reference
NEIGHBOURS = 5
REFERENCE_SHARE = 0.15  # of the time


def odd_task(root: str | Path, model: str, source: str, data: str, scores_id: str, report: Report) -> str:
    """Scores every image of a source and keeps the scores under ``scores_id``, which it gives back.

    source: "reference" or the id of an encoded set in the cache, of the data set ``data``. Where the images and the
    model's training images are on this machine: vae_core.metrics.anomaly_scores with seed 0, exactly; of a source of
    more than 10,000 images in parts. Else, and for models that are conditional or have no ELBO, what the stored latents
    tell. Raises CheckpointError, MapError, CacheError.
    """
    report(0.0, "Reading the images")
    checkpoint = load_checkpoint(checkpoint_folder(Path(root), model))
    encoded = encoded_images(root, model, source)
    own = _images(checkpoint, checkpoint.config.data.name)
    images = own if data == checkpoint.config.data.name else _images(checkpoint, data)
    rows = None if images is None else _rows(images, encoded)
    measure = checkpoint.vae.likelihood.measure
    if rows is None or own is None or checkpoint.vae.classes or checkpoint.vae.no_elbo:
        values = _stored(checkpoint, Path(root) / model, encoded, report)
        basis = STORED
    else:
        values, basis = _whole(checkpoint, own, images, rows, report), WHOLE
    if rows is not None and (basis == STORED or measure == "density"):
        values |= _per_ink(checkpoint, images, rows, encoded)
    save_odd_scores(scores_id, basis, values)
    return scores_id


def _images(checkpoint: Checkpoint, name: str) -> ImageSet | None:
    settings = checkpoint.config.data
    try:
        own = name == settings.name
        found = load_recorded(settings, download=False) if own else load_images(name, download=False)
    except DataError:
        return None
    return found if found.image_shape == checkpoint.config.model.image_shape else None


def _rows(images: ImageSet, encoded: Latents | Encoded) -> np.ndarray | None:
    """The rows of the data set that the encoded images are, int64 (N,); None where one is not there."""
    if isinstance(encoded, Encoded):
        return encoded.data_row
    for rows in (images.test, np.arange(len(images))):
        if not len(rows):
            continue
        pixels = images.pixels(rows)
        found = match(pixels, image_hashes(pixels), encoded.image_hash, rows)
        if found is not None and found.rows_found.all():
            return found.data_rows
    return None


def _whole(
    checkpoint: Checkpoint, own: ImageSet, images: ImageSet, rows: np.ndarray, report: Report
) -> dict[str, np.ndarray]:
    report(0.02, "Encoding training images to compare with")
    train = own.train
    if len(train) > 3 * MOST_TRAINING:
        train = np.sort(np.random.default_rng(0).choice(train, MOST_TRAINING, replace=False))
    reference = anomaly_reference(checkpoint.vae, own.pixels(train))
    parts: list[dict[str, np.ndarray]] = []
    for number, start in enumerate(range(0, len(rows), AT_ONCE)):
        some = rows[start : start + AT_ONCE]

        def told(share: float, start: int = start, size: int = len(some)) -> None:
            done = (start + share * size) / len(rows)
            words = f"Scoring {len(rows):,} images"
            report(REFERENCE_SHARE + (1 - REFERENCE_SHARE) * done, words)

        parts.append(anomaly_scores(checkpoint.vae, reference, images.pixels(some), seed=number, progress=told).named())
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _stored(checkpoint: Checkpoint, folder: Path, encoded: Latents | Encoded, report: Report) -> dict[str, np.ndarray]:
    """What latents and costs that are stored tell; distances are among the images themselves."""
    values = {"reconstruction": encoded.reconstruction}
    if checkpoint.vae.no_elbo is None:
        values |= {"negative_elbo": encoded.reconstruction + encoded.kl, "kl": encoded.kl}
    density = load_density(folder)
    if density is not None:
        values["latent_surprise"] = -density.log_prob(encoded.mean).astype(np.float32)
    if len(encoded.mean) > NEIGHBOURS:
        values["neighbour_distance"] = _distances(encoded.mean, report)
    return values


def _distances(means: np.ndarray, report: Report) -> np.ndarray:
    """The mean distance to the nearest others, float32 (N,)."""
    every = torch.from_numpy(np.ascontiguousarray(means))
    found = []
    for part in torch.arange(len(every)).split(512):
        report(int(part[0]) / len(every), f"Comparing {len(every):,} latents")
        distances = torch.cdist(every[part], every)
        distances[torch.arange(len(part)), part] = torch.inf
        found.append(distances.topk(NEIGHBOURS, largest=False).values.mean(dim=1))
    return torch.cat(found).numpy()


@torch.inference_mode()
def _per_ink(
    checkpoint: Checkpoint, images: ImageSet, rows: np.ndarray, encoded: Latents | Encoded
) -> dict[str, np.ndarray]:
    """The ink, and the squared error of E[x|z] at the posterior mean by it: a density's cost may be negative, and a
    ratio of it ranks nothing."""
    content, errors = [], []
    for part in np.array_split(np.arange(len(rows)), len(rows) // 512 + 1):
        grey = torch.from_numpy(images.pixels(rows[part])).float() / 255
        labels = torch.from_numpy(encoded.label[part].astype(np.int64)) if checkpoint.vae.classes else None
        drawn = checkpoint.vae.decode_mean(torch.from_numpy(encoded.mean[part]), labels)
        content.append(ink(grey.numpy()))
        errors.append((grey - drawn).square().sum(dim=(1, 2, 3)).numpy())
    found = np.concatenate(content)
    return {"ink": found, "squared_error_per_ink": np.concatenate(errors) / inked_pixels(found)}
