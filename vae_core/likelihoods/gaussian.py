"""Grey values with normal noise around the decoder's picture."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn.functional import softplus

from vae_core.likelihoods.base import Likelihood
from vae_core.noise import RandomSource
from vae_core.settings import ModelSettings

SMALLEST_LOG_SIGMA = -6.0
FIRST_LOG_SIGMA = -1.2  # about the spread of the pixels of a handwritten digit


@final
class GaussianLikelihood(Likelihood):
    """Each pixel is normal around the decoder's sigmoid, with one learned σ for all pixels.

    log σ is softly bounded below at −6. Source: Rybkin, Daniilidis, Levine 2021 (σ-VAE), section 4.
    """

    pixels = "grey values in [0, 1]"
    measure = "density"

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        self.raw_log_sigma = nn.Parameter(torch.tensor(FIRST_LOG_SIGMA))

    @property
    def log_sigma(self) -> Tensor:
        """log σ, a float32 scalar above −6, in units of log pixel value."""
        return SMALLEST_LOG_SIGMA + softplus(self.raw_log_sigma - SMALLEST_LOG_SIGMA)

    def distribution(self, output: Tensor) -> Normal:
        return Normal(self.mean(output), self.log_sigma.exp(), validate_args=False)

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return images

    def check(self, images: Tensor) -> None:
        return None
