"""The standard normal prior."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.noise import RandomSource, normal
from vae_core.priors.base import Encode, Prior

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


@final
class StandardNormal(Prior):
    """Each dimension normal with mean 0 and spread 1. Source: Kingma and Welling 2014, appendix B."""

    label = "Standard normal"
    words = "standard normal"

    def distribution(self, latent_dim: int, device: torch.device, encode: Encode) -> Normal:
        zeros = torch.zeros(latent_dim, device=device)
        return Normal(zeros, torch.ones_like(zeros), validate_args=False)

    def log_prob(self, latents: Tensor, encode: Encode) -> Tensor:
        return -0.5 * latents.square().sum(dim=-1) - HALF_LOG_TWO_PI * latents.shape[-1]

    def log_prob_marginals(self, latents: Tensor, encode: Encode) -> Tensor:
        return -0.5 * latents.square() - HALF_LOG_TWO_PI

    def sample(
        self,
        count: int,
        latent_dim: int,
        source: RandomSource,
        device: torch.device,
        encode: Encode,
        temperature: float = 1.0,
    ) -> Tensor:
        return temperature * normal(source, (count, latent_dim), device)

    def kl_per_dimension(self, posterior: Normal) -> Tensor:
        mean, std = posterior.mean, posterior.stddev
        return 0.5 * (mean.square() + std.square() - 1) - std.log()
