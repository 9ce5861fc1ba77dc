"""Pictures of a model while it learns: the same images and samples from the same noise at every look."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch

from vae_core.data import ImageSet
from vae_core.latents import conditions
from vae_core.pixels import to_pixels
from vae_core.training.noise import PREVIEW, stream_generator, stream_seed
from vae_core.training.run_folder import Preview, write_preview
from vae_core.vae import VAE

ORIGINALS, SAMPLES = 12, 24
SECONDS_BETWEEN = 1.0


class Previews:
    """Holds the images to look at and the seed of the samples, and when run/preview.npz was written last."""

    def __init__(self, folder: Path, images: ImageSet, seed: int) -> None:
        chooser = np.random.default_rng(stream_seed(seed, PREVIEW))
        rows = chooser.permutation(images.validation)[:ORIGINALS]
        self._folder = folder
        self._originals = images.pixels(rows)
        self._labels = None if images.labels is None else images.labels[rows]
        self._seed = seed
        self._last = -SECONDS_BETWEEN

    def write(self, vae: VAE, epoch: int, now: bool = False) -> None:
        """Write the pictures of this epoch, at most once a second unless asked for `now`."""
        if not now and time.monotonic() - self._last < SECONDS_BETWEEN:
            return
        write_preview(self._folder, self._pictures(vae, epoch))
        self._last = time.monotonic()

    @torch.inference_mode()
    def _pictures(self, vae: VAE, epoch: int) -> Preview:
        given = conditions(vae, self._labels)
        labels = None if given is None else given.to(vae.device)
        means = vae.encode(torch.from_numpy(self._originals).to(vae.device).float() / 255, labels).mean
        latents = vae.sample_prior(SAMPLES, stream_generator(self._seed, PREVIEW))
        classes = torch.arange(SAMPLES, device=vae.device) % vae.classes if vae.classes else None
        return Preview(
            originals=self._originals,
            reconstructions=to_pixels(vae.decode_mean(means, labels)).cpu().numpy(),
            samples=to_pixels(vae.decode_mean(latents, classes)).cpu().numpy(),
            epoch=epoch,
        )
