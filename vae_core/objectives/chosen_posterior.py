"""The ELBO of one image under a normal q of one's choice, and q moved up it: what the encoder's own q left behind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.objectives.terms import Batch
from vae_core.vae import VAE

NODES = 24  # along each axis, where a product rule is small enough
MOST_AXES = 2
DRAWS = 256  # elsewhere, always the same ones
SHORTEST_RATE = 1e-3
RATE = 0.5
LONGEST_STEP = 0.5  # spreads that the mean moves at a time; log σ moves by as much at most


@dataclass(frozen=True)
class GaussianElbo:
    """elbo = −reconstruction − kl, in nats. standard_error: of the draws; 0 where a rule took their place."""

    elbo: float
    reconstruction: float
    kl: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class FittedGaussian:
    """A normal q after some steps up its ELBO: mean, std float32 (D,), and the ELBO there, nats.

    settled: no step of any length raised it further.
    """

    mean: Tensor
    std: Tensor
    elbo: float
    settled: bool


@torch.inference_mode()
def gaussian_elbo(vae: VAE, batch: Batch, posterior: Normal) -> GaussianElbo:
    """The ELBO of one image, as observed, under q = ``posterior``, Normal (1, D), whichever that is.

    E_q[log p(x|z)] by a Gauss-Hermite rule of 24 nodes along each of at most 2 dimensions, otherwise by 256 draws that
    are always the same. The KL in closed form where the prior has one. Raises ValueError for a plain autoencoder.
    Source: Kingma and Welling 2014, equation 3; Abramowitz and Stegun 1964, 25.4.46 (the rule).
    """
    _refuse_point(vae)
    noise, weights = nodes_of(vae.latent_dim)
    latents = posterior.mean + posterior.stddev * noise
    likelihood = _log_likelihood(vae, batch, latents)
    closed = vae.latent_prior.kl_per_dimension(posterior)
    kl = closed.sum() if closed is not None else (weights * _log_ratio(vae, posterior, latents)).sum()
    mean = (weights * likelihood).sum()
    exact = vae.latent_dim <= MOST_AXES
    error = 0.0 if exact else float(likelihood.std()) / math.sqrt(len(likelihood))
    return GaussianElbo(float(mean - kl), float(-mean), float(kl), error)


def raised_gaussian(vae: VAE, batch: Batch, posterior: Normal, steps: int) -> FittedGaussian:
    """q after at most ``steps`` natural-gradient steps up the ELBO of one image; it never falls.

    What is still missing to log p(x) when they have settled is the gap of the family; what they gained was the
    encoder's. Source: Cremer, Li and Duvenaud 2018, *Inference Suboptimality in Variational Autoencoders*, section 3;
    Hoffman et al. 2013, section 2.3 (natural gradients).
    """
    _refuse_point(vae)
    mean, log_std = posterior.mean[0].detach().clone(), posterior.stddev[0].detach().log()
    rate, (value, slope_mean, slope_log) = RATE, _slopes(vae, batch, mean, log_std)
    for _ in range(steps):
        std = log_std.exp()
        while rate >= SHORTEST_RATE:
            step = (rate * std * slope_mean).clamp(-LONGEST_STEP, LONGEST_STEP) * std
            change = (0.5 * rate * slope_log).clamp(-LONGEST_STEP, LONGEST_STEP)
            found = _slopes(vae, batch, mean + step, log_std + change)
            if found[0] > value:
                break
            rate *= 0.5
        if rate < SHORTEST_RATE:
            break
        mean, log_std, (value, slope_mean, slope_log) = mean + step, log_std + change, found
        rate = min(RATE, 1.5 * rate)
    return FittedGaussian(mean, log_std.exp(), value, rate < SHORTEST_RATE)


@torch.inference_mode(mode=False)
def nodes_of(latent_dim: int) -> tuple[Tensor, Tensor]:
    """Places ε, float32 (K, D), and weights, float32 (K,), whose weighted mean stands for one over N(0, I)."""
    if latent_dim <= MOST_AXES:
        return _product_rule(latent_dim)
    generator = torch.Generator().manual_seed(0)
    return torch.randn(DRAWS, latent_dim, generator=generator), torch.full((DRAWS,), 1 / DRAWS)


@cache
@torch.inference_mode(mode=False)  # kept for passes with a gradient too
def _product_rule(axes: int) -> tuple[Tensor, Tensor]:
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    line, share = torch.from_numpy(places).float(), torch.from_numpy(weights / weights.sum()).float()
    if axes == 1:
        return line[:, None], share
    return torch.cartesian_prod(line, line), torch.cartesian_prod(share, share).prod(dim=1)


def _slopes(vae: VAE, batch: Batch, mean: Tensor, log_std: Tensor) -> tuple[float, Tensor, Tensor]:
    """The ELBO and its gradient by the mean and by log σ, (D,) each."""
    noise, weights = nodes_of(vae.latent_dim)
    with torch.enable_grad():
        mean, log_std = mean.detach().requires_grad_(True), log_std.detach().requires_grad_(True)
        latents = mean + log_std.exp() * noise
        joint = _log_likelihood(vae, batch, latents) + vae.log_prior(latents)
        value = (weights * joint).sum() + log_std.sum()
        by_mean, by_log = torch.autograd.grad(value, (mean, log_std))
    entropy = 0.5 * len(mean) * (1 + math.log(2 * math.pi))
    return float(value.detach()) + entropy, by_mean, by_log


def _log_likelihood(vae: VAE, batch: Batch, latents: Tensor) -> Tensor:
    images = batch.images.expand(len(latents), *batch.images.shape[1:])
    labels = None if batch.labels is None else batch.labels.expand(len(latents))
    return vae.log_likelihood(latents, images, labels)


def _log_ratio(vae: VAE, posterior: Normal, latents: Tensor) -> Tensor:
    return posterior.log_prob(latents).sum(dim=1) - vae.log_prior(latents)


def _refuse_point(vae: VAE) -> None:
    if vae.is_point:
        raise ValueError("A plain autoencoder has no q(z|x) and no ELBO: it gives each image one point. Choose a VAE.")
