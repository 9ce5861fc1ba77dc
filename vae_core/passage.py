"""One image through the whole model: every number between it and its ELBO."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class Passage:
    """One pass of B images through the model with one draw of z each; all float32, densities in nats.

    posterior: q(z|x), (B, D). latents: z = mean + std · noise, (B, D); the mean for a plain autoencoder.
    picture: E[x|z], (B, C, H, W) in [0, 1]. by_pixel: log p(x|z), (B, H, W), summed over channels; log_likelihood: its
    sum, (B,). Where the likelihood's ``measure`` is "none" both are minus a cost. log_prior: log p(z), (B,).
    log_posterior: log q(z|x), (B,). kl_per_dimension: (B, D) and kl: (B,), in closed form where the prior has one, else
    of this draw; 0 for a plain autoencoder. Where the prior does not factorise, ``kl_per_dimension`` is that to its
    marginals.
    """

    posterior: Normal
    latents: Tensor
    picture: Tensor
    log_likelihood: Tensor
    by_pixel: Tensor
    log_prior: Tensor
    log_posterior: Tensor
    kl_per_dimension: Tensor
    kl: Tensor

    @property
    def elbo(self) -> Tensor:
        """log p(x|z) − KL, float32 (B,), in nats: the ELBO estimated by this draw."""
        return self.log_likelihood - self.kl


def pass_through(vae: VAE, images: Tensor, noise: Tensor, labels: Tensor | None = None) -> Passage:
    """The pass of images through the model with this noise ε.

    images: float32 (B, C, H, W), as ``observed_image`` gives them. noise: float32 (B, D). labels: int64 (B,), of a
    conditional model. Raises ValueError as ``VAE.encode`` and ``VAE.decode``.
    Source: Kingma and Welling 2014, equations 3 and 10 (one draw, L = 1).
    """
    posterior = vae.encode(images, labels)
    latents = posterior.mean if vae.is_point else posterior.mean + posterior.stddev * noise
    output = vae.decoder_output(latents, labels)
    by_pixel = vae.likelihood.distribution(output).log_prob(images).sum(dim=1)
    log_posterior = posterior.log_prob(latents)
    log_prior = vae.log_prior(latents)
    kl_per_dimension, kl = _kl(vae, posterior, latents, log_posterior, log_prior)
    return Passage(
        posterior=posterior,
        latents=latents,
        picture=vae.likelihood.mean(output),
        log_likelihood=by_pixel.sum(dim=(1, 2)),
        by_pixel=by_pixel,
        log_prior=log_prior,
        log_posterior=log_posterior.sum(dim=1),
        kl_per_dimension=kl_per_dimension,
        kl=kl,
    )


def _kl(
    vae: VAE, posterior: Normal, latents: Tensor, log_posterior: Tensor, log_prior: Tensor
) -> tuple[Tensor, Tensor]:
    if vae.is_point:
        return torch.zeros_like(latents), torch.zeros(len(latents))
    closed = vae.latent_prior.kl_per_dimension(posterior)
    if closed is not None:
        return closed, closed.sum(dim=1)
    return log_posterior - vae.log_prior_marginals(latents), log_posterior.sum(dim=1) - log_prior
