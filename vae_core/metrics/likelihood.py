"""Estimates of log p(x) tighter than the ELBO."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from vae_core.objectives import Batch, run_model
from vae_core.vae import VAE

LARGEST_DECODE = 2**23  # pixel values decoded at once, so that memory stays bounded for any number of samples


@torch.inference_mode()
def importance_weighted_nll(
    vae: VAE,
    images: Tensor,
    samples: int,
    generator: torch.Generator,
    batch: int = 100,
    labels: Tensor | None = None,
) -> np.ndarray:
    """−log p(x) of each image, float32 (N,), in nats: an upper bound on average, tighter with more samples.

    images: float32 (N, C, H, W) that the likelihood may judge; labels: int64 (N,), for a conditional model, whose
    figure is −log p(x|label). Samples z from the posterior and weighs them by p(x|z) p(z) / q(z|x), in batches:
    memory does not grow with samples. Raises ValueError for grey pixels under Bernoulli, samples < 1, a plain
    autoencoder, or a reconstruction cost that is no likelihood.
    Source: Burda, Grosse, Salakhutdinov 2015, equation 8.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; the estimate needs at least 1. Choose 1 or more.")
    if vae.no_elbo:
        raise ValueError(
            f"This model has no log p(x): {vae.no_elbo}. Compare reconstructions, or choose a model with a posterior"
            " and a likelihood."
        )
    if len(images) == 0:
        return np.zeros(0, np.float32)
    vae.likelihood.check(images)
    rows = torch.arange(len(images)).split(batch)
    parts = [
        _log_evidence(vae, Batch(images[part], None if labels is None else labels[part]), samples, generator)
        for part in rows
    ]
    return -torch.cat(parts).numpy()


def _log_evidence(vae: VAE, images: Batch, samples: int, generator: torch.Generator) -> Tensor:
    at_once = max(1, LARGEST_DECODE // images.images.numel())
    counts = [min(at_once, samples - done) for done in range(0, samples, at_once)]
    weights = torch.cat([_log_weights(vae, images, count, generator) for count in counts])
    return weights.logsumexp(dim=0) - math.log(samples)


def _log_weights(vae: VAE, images: Batch, samples: int, generator: torch.Generator) -> Tensor:
    done = run_model(vae, images, generator, samples)
    return done.log_likelihood + vae.log_prior(done.latents) - done.posterior.log_prob(done.latents).sum(dim=2)
