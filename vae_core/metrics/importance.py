"""log p(x) of one image from weighted draws: the weights, the estimate and its standard error, the bound for each K."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.noise import normal
from vae_core.objectives import Batch
from vae_core.vae import VAE

FEWEST_GROUPS = 8  # from which a mean over groups gets a standard error


@dataclass(frozen=True, eq=False)
class WeighedDraws:
    """K draws of z for one image: latents float32 (K, D) and log w float32 (K,), in nats."""

    latents: Tensor
    log_weights: Tensor


@dataclass(frozen=True)
class EvidenceEstimate:
    """log p(x) from K weighed draws, in nats.

    standard_error: of the value, by the delta method; 0 for equal weights, infinite for one draw. effective_draws:
    1 to K, how many equal weights would say as much; near 1 the standard error is not to be trusted.
    """

    value: float
    standard_error: float
    effective_draws: float


@dataclass(frozen=True)
class BoundOfCount:
    """The importance-weighted bound for K draws, averaged over independent groups of K, in nats.

    standard_error: of that mean, infinite below 2 groups.
    """

    count: int
    mean: float
    standard_error: float
    groups: int


@torch.inference_mode()
def weighed_from_posterior(
    vae: VAE, batch: Batch, posterior: Normal, count: int, generator: torch.Generator
) -> WeighedDraws:
    """``count`` draws from q = ``posterior``, Normal (1, D) or another of that shape, with w = p(x|z) p(z) / q(z).

    batch: one image, as observed. Raises ValueError as `log_joint_of`. Source: Burda et al. 2015, equation 8.
    """
    mean, std = posterior.mean[0], posterior.stddev[0]
    latents = mean + std * normal(generator, (count, len(mean)), mean.device)
    log_q = Normal(mean, std, validate_args=False).log_prob(latents).sum(dim=1)
    return WeighedDraws(latents, log_joint_of(vae, batch)(latents) - log_q)


@torch.inference_mode()
def weighed_from_prior(vae: VAE, batch: Batch, count: int, generator: torch.Generator) -> WeighedDraws:
    """``count`` draws from p(z), with w = p(x|z): the plain Monte Carlo estimate of p(x) = E_p(z)[p(x|z)].

    batch: one image, as observed. Raises ValueError as `log_joint_of`. Source: Burda et al. 2015, section 2.
    """
    latents = vae.sample_prior(count, generator)
    return WeighedDraws(latents, log_joint_of(vae, batch)(latents) - vae.log_prior(latents))


def log_joint_of(vae: VAE, batch: Batch) -> Callable[[Tensor], Tensor]:
    """The function z -> log p(x, z) = log p(x|z) + log p(z) of one image, float32 (K, D) -> (K,), in nats.

    Raises ValueError where the batch is not one image, or the model has no log p(x): a plain autoencoder, a
    reconstruction cost that is no likelihood.
    """
    if vae.no_elbo:
        raise ValueError(
            f"This model has no log p(x): {vae.no_elbo}. Choose a model with a posterior and a likelihood."
        )
    if len(batch.images) != 1:
        raise ValueError(f"The batch has {len(batch.images)} images; these figures are of 1 image. Pass one at a time.")

    def log_joint(latents: Tensor) -> Tensor:
        images = batch.images.expand(len(latents), *batch.images.shape[1:])
        labels = None if batch.labels is None else batch.labels.expand(len(latents))
        return vae.log_likelihood(latents, images, labels) + vae.log_prior(latents)

    return log_joint


def evidence_estimate(log_weights: Tensor) -> EvidenceEstimate:
    """log of the mean weight with its standard error, from log w float (K,), K at least 1.

    The standard error is sd(w) / (√K · mean w), the first order of log around the mean weight. Effective draws are
    (Σ w)² / Σ w². Source: Burda et al. 2015, equation 8; Owen 2013, *Monte Carlo theory, methods and examples*,
    sections 2.4 and 9.3.
    """
    logs = log_weights.double()
    count = len(logs)
    if count < 1:
        raise ValueError("There are 0 weights; an estimate needs at least 1. Draw first.")
    shares = (logs - logs.max()).exp()
    mean = shares.mean()
    spread = float(shares.std() / mean) if count > 1 else math.inf
    value = float(logs.max() + mean.log())
    return EvidenceEstimate(value, spread / math.sqrt(count), float(shares.sum() ** 2 / shares.square().sum()))


def bounds_by_count(log_weights: Tensor, fewest_groups: int = FEWEST_GROUPS) -> list[BoundOfCount]:
    """The bound for K = 1, 2, 4 ... draws, from log w float (N,) cut into N // K groups, while those are enough.

    Each is at most log p(x) on average, and the mean rises with K. Source: Burda et al. 2015, theorem 1.
    """
    logs, found, count = log_weights.double(), [], 1
    while len(logs) // count >= fewest_groups:
        groups = logs[: len(logs) // count * count].view(-1, count).logsumexp(dim=1) - math.log(count)
        error = float(groups.std()) / math.sqrt(len(groups)) if len(groups) > 1 else math.inf
        found.append(BoundOfCount(count, float(groups.mean()), error, len(groups)))
        count *= 2
    return found
