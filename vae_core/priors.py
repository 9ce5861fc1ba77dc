"""What p(z) is."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal

from vae_core.registry import Registry
from vae_core.settings import ModelSettings

Encode = Callable[[Tensor], Normal]
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


class Prior(nn.Module, ABC):
    """A density over latents. ``encode`` (images to q(z|x)) is for priors that are made of posteriors."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()

    @abstractmethod
    def distribution(self, latent_dim: int, device: torch.device, encode: Encode) -> Distribution:
        """p(z): batch shape (D,) where the dimensions are independent, event shape (D,) where they are not."""

    @abstractmethod
    def log_prob(self, latents: Tensor, encode: Encode) -> Tensor:
        """log p(z) in nats, float32 (...,), of latents float32 (..., D)."""

    @abstractmethod
    def log_prob_marginals(self, latents: Tensor, encode: Encode) -> Tensor:
        """log p(z_d) of each dimension by itself, in nats, float32 (..., D), of latents float32 (..., D)."""

    def kl_per_dimension(self, posterior: Normal) -> Tensor | None:
        """KL(q(z|x) ‖ p(z)) in closed form, float32 (B, D), in nats; None where there is no closed form."""
        return None


@final
class StandardNormal(Prior):
    """Each dimension normal with mean 0 and spread 1. Source: Kingma and Welling 2014, appendix B."""

    def distribution(self, latent_dim: int, device: torch.device, encode: Encode) -> Normal:
        zeros = torch.zeros(latent_dim, device=device)
        return Normal(zeros, torch.ones_like(zeros), validate_args=False)

    def log_prob(self, latents: Tensor, encode: Encode) -> Tensor:
        return -0.5 * latents.square().sum(dim=-1) - HALF_LOG_TWO_PI * latents.shape[-1]

    def log_prob_marginals(self, latents: Tensor, encode: Encode) -> Tensor:
        return -0.5 * latents.square() - HALF_LOG_TWO_PI

    def kl_per_dimension(self, posterior: Normal) -> Tensor:
        mean, std = posterior.mean, posterior.stddev
        return 0.5 * (mean.square() + std.square() - 1) - std.log()


PRIORS: Registry[type[Prior]] = Registry("prior")
PRIORS.register("normal", StandardNormal)
