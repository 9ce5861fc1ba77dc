"""A row of images of which one is no longer what it was, and what each costs a model."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core.objectives import ElboTerms, elbo
from vae_core.vae import VAE


def opposite_quarters_swapped(images: np.ndarray) -> np.ndarray:
    """Images (..., H, W) moved round by half their height and half their width: of even sides the opposite quarters
    have changed places. Every pixel is still there, so that ink and histogram are as before.
    """
    height, width = images.shape[-2:]
    return np.roll(images, (height // 2, width // 2), axis=(-2, -1))


def mirrored(images: np.ndarray) -> np.ndarray:
    """Images (..., H, W) with left and right exchanged: an image that is its own mirror image stays as it is."""
    return images[..., ::-1]


@torch.inference_mode()
def row_costs(vae: VAE, images: np.ndarray, seed: int = 0, samples: int = 8, labels: Tensor | None = None) -> ElboTerms:
    """The ELBO of images uint8 (N, C, H, W) and its parts, in nats, averaged over ``samples`` draws of z from the seed.

    Judged is one seeded draw of what the likelihood observes. labels: int64 (N,), of a conditional model. Of a plain
    autoencoder only the reconstruction cost counts. Raises ValueError as ``elbo``.
    Source: An and Cho 2015, section 3 (the reconstruction probability as a score of anomaly).
    """
    generator = torch.Generator().manual_seed(seed)
    grey = torch.from_numpy(np.ascontiguousarray(images)).float() / 255
    return elbo(vae, vae.likelihood.observe(grey, generator), generator, samples, labels)
