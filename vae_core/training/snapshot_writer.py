"""When a run keeps a snapshot, what it looks at, and which snapshots have to go."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core.checkpoint import CheckpointError
from vae_core.data import ImageSet
from vae_core.data.image_set import some_rows
from vae_core.latents import conditions
from vae_core.pixels import to_pixels
from vae_core.settings import ModelSettings
from vae_core.training.health import network_health
from vae_core.training.noise import PREVIEW, stream_generator, stream_seed
from vae_core.training.snapshots import (
    FIXED_FILE,
    SNAPSHOTS,
    FixedLooks,
    Snapshot,
    decoder_weights,
    list_snapshots,
    read_fixed,
    snapshot_file,
    write_fixed,
    write_snapshot,
)
from vae_core.vae import VAE

MOST_BYTES = 20_000_000  # of all snapshots of a run
MOST_WEIGHTS = 5_000_000  # bytes of one snapshot's weights; a larger model keeps pictures and means alone
ROWS, ORIGINALS, SAMPLES, BATCH = 1_000, 12, 24, 250
FEWEST_ROWS = 100  # fewer dots show no space that forms
PICTURE_BYTES = 120_000  # of one snapshot, about
TIME_SHARE = 0.05  # of the time that the run has trained
log = logging.getLogger(__name__)


class SnapshotWriter:
    """Writes a snapshot after each epoch, and before the first, where that takes at most 5 % of the run's time.

    Does nothing unless ``wanted``, or the folder has snapshots already. What it draws depends on the seed alone.
    """

    def __init__(self, folder: Path, images: ImageSet, model: ModelSettings, seed: int, wanted: bool) -> None:
        self._folder, self._model = folder, model
        self._seconds, self._started = 0.0, time.monotonic()
        self._fixed = _kept(folder)
        self._is_kept = self._fixed is not None
        if not self._is_kept and (wanted or (folder / SNAPSHOTS).is_dir()):
            self._fixed = _drawn(images, model, seed)
        self._pixels = None if self._fixed is None else images.pixels(self._fixed.rows)

    def write(self, vae: VAE, epoch: int, now: bool = False) -> None:
        """Write the snapshot of this epoch, if it is time or asked for `now`, and remove what is too much.

        Raises OSError as the file system does.
        """
        if self._fixed is None:
            return
        self._keep_fixed()
        if now and snapshot_file(self._folder, epoch).exists():
            return
        began = time.monotonic()
        if not now and self._seconds > TIME_SHARE * (began - self._started):
            return
        write_snapshot(self._folder, self._look(vae, epoch))
        thin_snapshots(self._folder)
        self._seconds += time.monotonic() - began

    def _keep_fixed(self) -> None:
        if not (self._is_kept and (self._folder / SNAPSHOTS / FIXED_FILE).exists()):
            write_fixed(self._folder, self._fixed)
            self._is_kept = True

    @torch.inference_mode()
    def _look(self, vae: VAE, epoch: int) -> Snapshot:
        fixed, device, shown = self._fixed, vae.device, len(self._fixed.originals)
        labels = conditions(vae, fixed.labels)
        labels = None if labels is None else labels.to(device)
        batches = [slice(start, start + BATCH) for start in range(0, len(fixed.rows), BATCH)]
        means = torch.cat([vae.encode(self._images(rows, device), _of(labels, rows)).mean for rows in batches])
        classes = torch.from_numpy(fixed.classes).to(device) if vae.classes else None
        samples = vae.decode_mean(torch.from_numpy(fixed.latents).to(device), classes)
        weights = decoder_weights(vae)
        size = sum(value.numel() * value.element_size() for value in weights.values())
        health = network_health(vae, self._images(batches[0], device), _of(labels, batches[0]))
        return Snapshot(
            epoch=epoch,
            model=self._model,
            reconstructions=to_pixels(vae.decode_mean(means[:shown], _of(labels, slice(shown)))).cpu().numpy(),
            samples=to_pixels(samples).cpu().numpy(),
            means=means.half().cpu().numpy(),
            weights=weights if size <= MOST_WEIGHTS else {},
            facts={"health": health.as_facts()},
        )

    def _images(self, rows: slice, device: torch.device) -> Tensor:
        return torch.from_numpy(self._pixels[rows]).to(device).float() / 255


def _of(labels: Tensor | None, rows: slice) -> Tensor | None:
    return None if labels is None else labels[rows]


def thin_snapshots(folder: Path, most: int = MOST_BYTES) -> None:
    """Remove snapshots until together they have at most ``most`` bytes. The first and the newest always stay.

    Of the others the one goes first whose neighbours are closest to each other, of equals the latest: so they thin
    out evenly, from the end, and the early epochs, in which most happens, stay dense longest.
    """
    epochs = list(list_snapshots(folder))
    sizes = {epoch: snapshot_file(folder, epoch).stat().st_size for epoch in epochs}
    while sum(sizes.values()) > most and len(epochs) > 2:
        place = min(range(1, len(epochs) - 1), key=lambda at: (epochs[at + 1] - epochs[at - 1], -at))
        epoch = epochs.pop(place)
        snapshot_file(folder, epoch).unlink(missing_ok=True)
        del sizes[epoch]


def _kept(folder: Path) -> FixedLooks | None:
    try:
        return read_fixed(folder)
    except CheckpointError:  # a new run, or one whose file was damaged: the same is drawn again, and written anew
        return None


def _drawn(images: ImageSet, model: ModelSettings, seed: int) -> FixedLooks:
    chooser = np.random.default_rng(stream_seed(seed, PREVIEW))
    rows = _looked_at(images, chooser, seed)
    pixels = int(np.prod(model.image_shape))
    shown = min(ORIGINALS, max(4, PICTURE_BYTES // 3 // pixels))
    samples = min(SAMPLES, max(8, 2 * PICTURE_BYTES // 3 // pixels))
    generator = stream_generator(seed, PREVIEW)
    return FixedLooks(
        rows=rows,
        labels=np.full(len(rows), -1) if images.labels is None else np.take(images.labels, rows).astype(np.int64),
        originals=images.pixels(rows[:shown]),
        latents=torch.randn((samples, model.latent_dim), generator=generator).numpy(),
        classes=np.arange(samples) % model.classes if model.classes else np.full(samples, -1),
    )


def _looked_at(images: ImageSet, chooser: np.random.Generator, seed: int) -> np.ndarray:
    """Rows of up to 1,000 validation images; of fewer than 100, training images too, up to as many."""
    validation = chooser.permutation(images.validation)[:ROWS]
    missing = max(0, FEWEST_ROWS - len(validation))
    return np.concatenate([validation, some_rows(images.train, missing, seed)]) if missing else validation
