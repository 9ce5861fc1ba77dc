"""What the priors have in common that are learned beside the model: p(z) is a weighted sum of normal densities."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.distributions import MixtureSameFamily

from vae_core.noise import RandomSource
from vae_core.priors.base import Encode, Prior
from vae_core.priors.components import Components
from vae_core.settings import ModelSettings


class LearnedPrior(Prior, ABC):
    """A prior with parameters of its own: it needs a KL to learn from."""

    @classmethod
    def check_settings(cls, settings: ModelSettings) -> None:
        if settings.posterior == "point":
            raise ValueError(
                f"prior is {settings.prior} with posterior point; a plain autoencoder has no KL, so no prior learns"
                " beside it. Choose the prior normal, or the posterior normal."
            )

    @abstractmethod
    def components(self, encode: Encode) -> Components:
        """The mixture as it stands, with gradients."""

    def distribution(self, latent_dim: int, device: torch.device, encode: Encode) -> MixtureSameFamily:
        return self.components(encode).distribution()

    def log_prob(self, latents: Tensor, encode: Encode) -> Tensor:
        return self.components(encode).log_prob(latents)

    def log_prob_marginals(self, latents: Tensor, encode: Encode) -> Tensor:
        return self.components(encode).log_prob_marginals(latents)

    def sample(
        self,
        count: int,
        latent_dim: int,
        source: RandomSource,
        device: torch.device,
        encode: Encode,
        temperature: float = 1.0,
    ) -> Tensor:
        return self.components(encode).sample(count, source, temperature)
