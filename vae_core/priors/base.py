"""What every prior can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal

from vae_core.noise import RandomSource
from vae_core.settings import ModelSettings

Encode = Callable[[Tensor], Normal]


class Prior(nn.Module, ABC):
    """A density over latents. ``encode`` (images to q(z|x)) is for priors that are made of posteriors."""

    label: ClassVar[str]  # its name for people, such as "VampPrior"
    words: ClassVar[str]  # what it is, in a sentence for a model card

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()

    @classmethod
    def check_settings(cls, settings: ModelSettings) -> None:
        """Raises ValueError where this prior does not suit the other settings."""
        return None

    @abstractmethod
    def distribution(self, latent_dim: int, device: torch.device, encode: Encode) -> Distribution:
        """p(z): batch shape (D,) where the dimensions are independent, event shape (D,) where they are not."""

    @abstractmethod
    def log_prob(self, latents: Tensor, encode: Encode) -> Tensor:
        """log p(z) in nats, float32 (...,), of latents float32 (..., D)."""

    @abstractmethod
    def log_prob_marginals(self, latents: Tensor, encode: Encode) -> Tensor:
        """log p(z_d) of each dimension by itself, in nats, float32 (..., D), of latents float32 (..., D)."""

    @abstractmethod
    def sample(
        self,
        count: int,
        latent_dim: int,
        source: RandomSource,
        device: torch.device,
        encode: Encode,
        temperature: float = 1.0,
    ) -> Tensor:
        """Latents float32 (count, D) drawn from p(z) with the numbers of ``source``.

        temperature multiplies the spread: of each component around its mean where p(z) is a mixture.
        """

    def kl_per_dimension(self, posterior: Normal) -> Tensor | None:
        """KL(q(z|x) ‖ p(z)) in closed form, float32 (B, D), in nats; None where there is no closed form."""
        return None

    def start_near(self, mean_image: Callable[[], Tensor], source: RandomSource) -> None:
        """Sets first values from the mean of the training images, float32 (C, H, W) in [0, 1], where there are any.

        The mean is asked for only by a prior that starts from it: it costs a pass over thousands of images.
        """
        return None
