"""The evidence lower bound, and the pass through the model that every objective starts from."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.noise import RandomSource, normal
from vae_core.objectives.terms import Batch, ElboTerms
from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass of B images through the model with K draws of z each.

    posterior: q(z|x), shape (B, D). latents: float32 (K, B, D). log_likelihood: log p(x|z), float32 (K, B), in nats.
    """

    posterior: Normal
    latents: Tensor
    log_likelihood: Tensor


def run_model(vae: VAE, batch: Batch, source: RandomSource, samples: int = 1) -> Pass:
    """Encode, draw ``samples`` latents per image, decode.

    Raises ValueError when samples is below 1, or when the likelihood may not judge these pixels (grey ones under
    Bernoulli).
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; the ELBO needs at least 1 draw of z. Choose 1 or more.")
    vae.likelihood.check(batch.images)
    posterior = vae.encode(batch.seen, batch.labels)
    latents = posterior.mean[None].expand(samples, -1, -1) if vae.is_point else draw_latents(posterior, source, samples)
    log_likelihood = vae.log_likelihood(
        latents.flatten(0, 1), repeated(batch.images, samples), repeated(batch.labels, samples)
    )
    return Pass(posterior, latents, log_likelihood.view(samples, -1))


def elbo(
    vae: VAE, images: Tensor, generator: RandomSource, samples: int = 1, labels: Tensor | None = None
) -> ElboTerms:
    """The evidence lower bound of images float32 (B, C, H, W), in nats per image; the KL in closed form.

    ``samples``: draws of z per image. ``labels``: int64 (B,), of a conditional model.
    Raises ValueError when samples is below 1, or when the likelihood may not judge these pixels (grey ones under
    Bernoulli).
    Source: Kingma and Welling 2014, equations 3 and 10, and appendix B.
    """
    return elbo_terms(vae, run_model(vae, Batch(images, labels), generator, samples))


def elbo_terms(vae: VAE, done: Pass, sampled_kl: bool = False) -> ElboTerms:
    """The ELBO and its parts from one pass. The KL in closed form where there is one and ``sampled_kl`` is off,
    else averaged over the draws (Kingma and Welling 2014, equation 2). A plain autoencoder has none: it is 0.
    """
    reconstruction = -done.log_likelihood.mean(dim=0)
    if vae.is_point:
        none = torch.zeros_like(done.posterior.mean)
        return ElboTerms(-reconstruction, reconstruction, none.sum(dim=1), none)
    closed = None if sampled_kl else vae.latent_prior.kl_per_dimension(done.posterior)
    kl, kl_per_dimension = _sampled_kl(vae, done) if closed is None else (closed.sum(dim=1), closed)
    return ElboTerms(-reconstruction - kl, reconstruction, kl, kl_per_dimension)


def _sampled_kl(vae: VAE, done: Pass) -> tuple[Tensor, Tensor]:
    log_posterior = done.posterior.log_prob(done.latents)
    kl = (log_posterior.sum(dim=2) - vae.log_prior(done.latents)).mean(dim=0)
    return kl, (log_posterior - vae.log_prior_marginals(done.latents)).mean(dim=0)


def draw_latents(posterior: Normal, generator: RandomSource, samples: int = 1) -> Tensor:
    """Latents z = mean + std · ε, float32 (samples, B, D), ε from ``generator``; gradients flow through.

    Source: Kingma and Welling 2014, section 2.4 (the reparameterisation trick).
    """
    mean, std = posterior.mean, posterior.stddev
    return mean + std * normal(generator, (samples, *mean.shape), mean.device, rows=1).to(mean.dtype)


def repeated(rows: Tensor | None, samples: int) -> Tensor | None:
    """The rows (B, ...) ``samples`` times over, (samples · B, ...)."""
    return rows if rows is None or samples == 1 else rows.repeat(samples, *[1] * (rows.ndim - 1))
