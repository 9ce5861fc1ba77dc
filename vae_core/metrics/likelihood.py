"""Estimates of log p(x) tighter than the ELBO."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from vae_core.objectives import draw_latents
from vae_core.vae import VAE

LARGEST_DECODE = 2**23  # pixel values decoded at once, so that memory stays bounded for any number of samples


@torch.inference_mode()
def importance_weighted_nll(
    vae: VAE, images: Tensor, samples: int, generator: torch.Generator, batch: int = 100
) -> np.ndarray:
    """−log p(x) of each image, float32 (N,), in nats: an upper bound on average, tighter with more samples.

    images: float32 (N, C, H, W) that the likelihood may judge. Samples z from the posterior and weighs them
    by p(x|z) p(z) / q(z|x). Raises ValueError for grey pixels under Bernoulli, or samples < 1.
    Source: Burda, Grosse, Salakhutdinov 2015, equation 8.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; the estimate needs at least 1. Choose 1 or more.")
    if len(images) == 0:
        return np.zeros(0, np.float32)
    vae.likelihood.check(images)
    parts = [_log_evidence(vae, part, samples, generator) for part in images.split(batch)]
    return -torch.cat(parts).numpy()


def _log_evidence(vae: VAE, images: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    at_once = max(1, LARGEST_DECODE // images.numel())
    counts = [min(at_once, samples - done) for done in range(0, samples, at_once)]
    weights = torch.cat([_log_weights(vae, images, count, generator) for count in counts])
    return weights.logsumexp(dim=0) - math.log(samples)


def _log_weights(vae: VAE, images: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    posterior = vae.encode(images)
    latents = draw_latents(posterior, generator, samples)
    pixels = vae.decode(latents.flatten(0, 1)).log_prob(images.repeat(samples, 1, 1, 1))
    log_likelihood = pixels.sum(dim=(1, 2, 3)).view(samples, -1)
    return log_likelihood + (vae.prior().log_prob(latents) - posterior.log_prob(latents)).sum(dim=2)
