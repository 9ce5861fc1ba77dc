"""The gradient of the ELBO by μ and σ from single draws, in three ways that have one mean and spread differently."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.noise import normal
from vae_core.objectives.chosen_posterior import nodes_of
from vae_core.objectives.terms import Batch
from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class GradientDraws:
    """One estimate of the gradient for each of K draws, float32 (K, 2, D) each: by μ in row 0, by σ in row 1.

    In nats per unit of μ or σ. ``score_baseline`` takes from each draw's log p(x, z) the mean of the others'.
    """

    reparameterised: Tensor
    score: Tensor
    score_baseline: Tensor


@dataclass(frozen=True, eq=False)
class NoisePath:
    """The chain rule at one draw: z (D,), the slope of log p(x, z) by z (D,), and the gradient by μ and σ (2, D)."""

    latents: Tensor
    slope: Tensor
    gradient: Tensor


def gradient_draws(vae: VAE, batch: Batch, posterior: Normal, count: int, generator: torch.Generator) -> GradientDraws:
    """Estimates of ∂ELBO/∂μ and ∂ELBO/∂σ from ``count`` draws, at least 2, the same draws for all three.

    The ELBO is E_q[log p(x, z)] + H(q), with the entropy's gradient (0 and 1/σ) in closed form for all, so that they
    differ in the first term alone. posterior: q, Normal (1, D); batch: one image, as observed.
    Raises ValueError for fewer than 2 draws, and for a plain autoencoder.
    Source: Kingma and Welling 2014, section 2.4; Williams 1992, section 4 (the score function);
    Mnih and Rezende 2016, section 2.3, and Kool, van Hoof and Welling 2019 (the other draws as the baseline).
    """
    if count < 2:
        raise ValueError(f"count is {count}; the baseline needs the other draws, so at least 2. Choose 2 or more.")
    _refuse_point(vae)
    mean, std = posterior.mean[0].detach(), posterior.stddev[0].detach()
    noise = normal(generator, (count, len(mean)), mean.device)
    value, slope = _joint_and_slope(vae, batch, mean + std * noise)
    entropy = torch.stack([torch.zeros_like(std), 1 / std])
    score = torch.stack([noise / std, (noise.square() - 1) / std], dim=1)
    others = (value.sum() - value) / (count - 1)
    return GradientDraws(
        torch.stack([slope, slope * noise], dim=1) + entropy,
        value[:, None, None] * score + entropy,
        (value - others)[:, None, None] * score + entropy,
    )


def noise_path(vae: VAE, batch: Batch, posterior: Normal, noise: Tensor) -> NoisePath:
    """The reparameterised gradient for this very noise ε, float32 (D,). Raises ValueError as `gradient_draws`.

    z = μ + σ ε, so ∂z/∂μ = 1 and ∂z/∂σ = ε. Source: Kingma and Welling 2014, section 2.4.
    """
    _refuse_point(vae)
    mean, std = posterior.mean[0].detach(), posterior.stddev[0].detach()
    latents = mean + std * noise
    slope = _joint_and_slope(vae, batch, latents[None])[1][0]
    return NoisePath(latents, slope, torch.stack([slope, slope * noise + 1 / std]))


def quadrature_gradient(vae: VAE, batch: Batch, posterior: Normal) -> Tensor:
    """∂ELBO/∂μ and ∂ELBO/∂σ, float32 (2, D), by the rule of `gaussian_elbo`; no chance in it for up to 2 dimensions."""
    _refuse_point(vae)
    mean, std = posterior.mean[0].detach(), posterior.stddev[0].detach()
    noise, weights = nodes_of(vae.latent_dim)
    slope = _joint_and_slope(vae, batch, mean + std * noise)[1]
    by_mean, by_std = (weights[:, None] * slope).sum(dim=0), (weights[:, None] * slope * noise).sum(dim=0)
    return torch.stack([by_mean, by_std + 1 / std])


def _joint_and_slope(vae: VAE, batch: Batch, latents: Tensor) -> tuple[Tensor, Tensor]:
    """log p(x, z), (K,), and its slope by z, (K, D)."""
    images = batch.images.expand(len(latents), *batch.images.shape[1:])
    labels = None if batch.labels is None else batch.labels.expand(len(latents))
    with torch.enable_grad():
        latents = latents.detach().requires_grad_(True)
        value = vae.log_likelihood(latents, images, labels) + vae.log_prior(latents)
        (slope,) = torch.autograd.grad(value.sum(), latents)
    return value.detach(), slope


def _refuse_point(vae: VAE) -> None:
    if vae.is_point:
        raise ValueError("A plain autoencoder draws nothing: it has no μ and σ to learn by a draw. Choose a VAE.")
