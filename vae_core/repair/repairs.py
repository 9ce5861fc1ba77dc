"""What a VAE makes of damaged pictures without any search, and how near that comes to the clean ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core.metrics.reconstruction import psnr, ssim
from vae_core.noise import normal
from vae_core.repair.damage import Damaged
from vae_core.vae import VAE

DRAWS = 32
ROUNDS = 8
AT_ONCE = 512  # pictures decoded at a time


@dataclass(frozen=True, eq=False)
class Quality:
    """psnr: float32 (B,), in dB, at most 100; ssim: float32 (B,), at most 1. More is better; no likelihoods."""

    psnr: np.ndarray
    ssim: np.ndarray


def quality(clean: Tensor, repaired: Tensor) -> Quality:
    """How near pictures float32 (B, C, H, W) in [0, 1] come to the clean ones. Raises ValueError as ``psnr``."""
    return Quality(psnr(clean, repaired).numpy(), ssim(clean, repaired).numpy())


@torch.inference_mode()
def reconstruction(vae: VAE, images: Tensor, labels: Tensor | None = None) -> Tensor:
    """Encode–decode: E[x|z] at the posterior mean of the damaged pictures, float32 (B, C, H, W) both.

    labels: int64 (B,), for a conditional model. Raises ValueError as ``VAE.encode``.
    """
    return vae.decode_mean(vae.encode(images, labels).mean, labels)


@torch.inference_mode()
def posterior_average(
    vae: VAE, images: Tensor, seed: int = 0, draws: int = DRAWS, labels: Tensor | None = None
) -> Tensor:
    """The mean of E[x|z] over ``draws`` of z from q(z|x), float32 (B, C, H, W), repeatable by the seed.

    Of all pictures the one with the least expected squared error under q; softer than a reconstruction. For a plain
    autoencoder, whose posterior is a point, it is the reconstruction. Raises ValueError when draws is below 1.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; an average needs at least 1. Choose 1 or more.")
    if vae.is_point:
        return reconstruction(vae, images, labels)
    posterior = vae.encode(images, labels)
    noise = normal(torch.Generator().manual_seed(seed), (draws, *posterior.mean.shape), images.device)
    latents = (posterior.mean + posterior.stddev * noise).flatten(0, 1)
    repeated = None if labels is None else labels.repeat(draws)
    total = torch.zeros_like(images)
    parts = latents.split(len(images) * max(1, AT_ONCE // len(images)))
    for number, part in enumerate(parts):
        start = number * len(parts[0])
        own = None if repeated is None else repeated[start : start + len(part)]
        total += vae.decode_mean(part, own).view(-1, *images.shape).sum(dim=0)
    return total / draws


@torch.inference_mode()
def chained_reconstruction(vae: VAE, found: Damaged, rounds: int = ROUNDS, labels: Tensor | None = None) -> Tensor:
    """Encode–decode again and again, the hidden pixels filled by the picture before: float32 (B, C, H, W).

    At the posterior mean in place of a draw. Where nothing is hidden it is the reconstruction. Raises ValueError when
    rounds is below 1. Source: Rezende, Mohamed, Wierstra 2014, appendix F (the chain that imputes missing pixels).
    """
    if rounds < 1:
        raise ValueError(f"rounds is {rounds}; a chain needs at least 1. Choose 1 or more.")
    picture = reconstruction(vae, found.images, labels)
    for _ in range(0 if found.visible.all() else rounds - 1):
        picture = reconstruction(vae, torch.where(found.visible, found.images, picture), labels)
    return picture


def kept_where_visible(found: Damaged, picture: Tensor) -> Tensor:
    """The picture float32 (B, C, H, W) where a pixel is hidden, the damaged one everywhere else."""
    return torch.where(found.visible, found.images, picture)
