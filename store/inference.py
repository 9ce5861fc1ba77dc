"""Arrays through a model and back: the only place of the room where torch computes.

Each torch operator gives the interpreter lock up and waits for it when a page script is busy, so a decode is written
with as few operators as possible.
"""

from __future__ import annotations

import numpy as np
import torch

from vae_core.likelihoods import spread_of_mean
from vae_core.pixels import to_pixels
from vae_core.vae import VAE


@torch.inference_mode()
def decode(vae: VAE, latents: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Pictures uint8 (B, H, W, C) of latents float32 (B, D): the expected pixel values, rounded.

    labels: int64 (B,), the classes under which a conditional model decodes; any other takes no notice of them.
    """
    mean = vae.decode_mean(torch.from_numpy(np.array(latents, dtype=np.float32)), _classes(vae, labels))
    return np.ascontiguousarray(to_pixels(mean).numpy().transpose(0, 2, 3, 1))


@torch.inference_mode()
def draw(vae: VAE, latents: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Pictures uint8 (B, H, W, C) drawn from p(x|z), the same for the same latents and seed; labels as `decode`.

    Raises ValueError where the model has no likelihood.
    """
    drawn = vae.draw(torch.from_numpy(np.array(latents, dtype=np.float32)), _seeded(seed), _classes(vae, labels))
    return np.ascontiguousarray(to_pixels(drawn).numpy().transpose(0, 2, 3, 1))


@torch.inference_mode()
def encode(vae: VAE, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Posterior means and standard deviations, float32 (B, 2, D), of images uint8 (B, C, H, W); labels as `decode`."""
    grey = torch.from_numpy(np.array(images)).float().div_(255)
    posterior = vae.encode(grey, _classes(vae, labels))
    return torch.stack((posterior.mean, posterior.stddev), dim=1).numpy()


@torch.inference_mode()
def sample_prior(vae: VAE, count: int, seed: int, temperature: float) -> np.ndarray:
    """Latents float32 (count, D) drawn from p(z), its spread times the temperature, the same for the same seed."""
    return vae.sample_prior(count, _seeded(seed), temperature).numpy()


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def spread_by_grey(vae: VAE) -> np.ndarray | None:
    """The standard deviation of a pixel value by the expected one, float32 (256,) for 0/255 to 255/255, or None."""
    found = spread_of_mean(vae.likelihood, torch.arange(256) / 255)
    return None if found is None else found.float().numpy()


def _classes(vae: VAE, labels: np.ndarray) -> torch.Tensor | None:
    return torch.from_numpy(labels) if vae.classes else None
