"""What training maximises: pure functions of a model and a batch, in nats per image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from vae_core.vae import VAE


@dataclass(frozen=True, eq=False)
class ElboTerms:
    """The ELBO of each image and its parts, in nats: float32 (B,), and (B, D) per latent dimension.

    ``reconstruction`` is −log p(x|z), a cost summed over pixels; ``elbo`` = −reconstruction − kl.
    """

    elbo: Tensor
    reconstruction: Tensor
    kl: Tensor
    kl_per_dimension: Tensor

    @property
    def loss(self) -> Tensor:
        """What an optimizer minimises: −ELBO averaged over the batch, a scalar in nats per image."""
        return -self.elbo.mean()


def elbo(vae: VAE, images: Tensor, generator: torch.Generator, samples: int = 1) -> ElboTerms:
    """The evidence lower bound of images float32 (B, C, H, W), in nats per image; the KL in closed form.

    ``samples``: draws of z per image. Raises ValueError when it is below 1, or when the likelihood may not
    judge these pixels (grey ones under Bernoulli).
    Source: Kingma and Welling 2014, equations 3 and 10, and appendix B.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; the ELBO needs at least 1 draw of z. Choose 1 or more.")
    vae.likelihood.check(images)
    posterior = vae.encode(images)
    kl_per_dimension = kl_divergence(posterior, vae.prior())
    latents = draw_latents(posterior, generator, samples)
    log_likelihood = vae.decode(latents.flatten(0, 1)).log_prob(_repeated(images, samples))
    reconstruction = -log_likelihood.sum(dim=(1, 2, 3)).view(samples, -1).mean(dim=0)
    kl = kl_per_dimension.sum(dim=1)
    return ElboTerms(-reconstruction - kl, reconstruction, kl, kl_per_dimension)


def draw_latents(posterior: Normal, generator: torch.Generator, samples: int = 1) -> Tensor:
    """Latents z = mean + std · ε, float32 (samples, B, D), ε from ``generator``; gradients flow through."""
    mean, std = posterior.mean, posterior.stddev
    noise = torch.randn((samples, *mean.shape), generator=generator, device=mean.device, dtype=mean.dtype)
    return mean + std * noise


def _repeated(images: Tensor, samples: int) -> Tensor:
    return images if samples == 1 else images.repeat(samples, 1, 1, 1)


Objective = Callable[..., ElboTerms]
OBJECTIVES: dict[str, Objective] = {"elbo": elbo}
