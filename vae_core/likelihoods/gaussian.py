"""Grey values with normal noise around the decoder's picture: σ fixed, learned, or the best for each batch."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn.functional import softplus

from vae_core.likelihoods.density import DensityLikelihood
from vae_core.noise import RandomSource, normal
from vae_core.settings import ModelSettings

SMALLEST_LOG_SIGMA = -6.0
FIRST_LOG_SIGMA = -1.2  # about the spread of the pixels of a handwritten digit
FIXED_SIGMA = 0.1
LEAST_SQUARED_ERROR = 1e-10  # far below the bound on σ²; a perfect picture has a logarithm all the same
SLOWEST_RATE, YOUNG = 0.02, 10  # of the running squared error; in the first steps it follows faster


class NormalLikelihood(DensityLikelihood, ABC):
    """Each pixel is normal around the decoder's sigmoid, with one σ for all pixels."""

    @property
    @abstractmethod
    def log_sigma(self) -> Tensor:
        """log σ, a float32 scalar, in units of log pixel value."""

    def distribution(self, output: Tensor) -> Normal:
        return Normal(self.mean(output), self.log_sigma.exp(), validate_args=False)

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        pixels = self.distribution(output)
        noise = normal(source, tuple(pixels.mean.shape), output.device)
        return torch.addcmul(pixels.mean, pixels.stddev, noise).clamp(0, 1)


@final
class GaussianLikelihood(NormalLikelihood):
    """σ is learned, one for all pixels.

    log σ is softly bounded below at −6. Source: Rybkin, Daniilidis, Levine 2021 (σ-VAE), section 4.
    """

    label = "Gaussian"
    words = (
        "Gaussian with one learned σ for all pixels, on grey values in [0, 1]; a density, so figures may be negative"
    )

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        self.raw_log_sigma = nn.Parameter(torch.tensor(FIRST_LOG_SIGMA))

    @property
    def log_sigma(self) -> Tensor:
        return softly_bounded(self.raw_log_sigma)


@final
class FixedGaussianLikelihood(NormalLikelihood):
    """σ is the one of the settings: the squared error with a weight of 1 / (2σ²), and its normaliser."""

    label = "Gaussian, fixed σ"
    words = "Gaussian with a fixed σ for all pixels, on grey values in [0, 1]; a density, so figures may be negative"

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        self.sigma = FIXED_SIGMA if settings is None else settings.sigma

    @property
    def log_sigma(self) -> Tensor:
        return torch.tensor(math.log(self.sigma))

    def distribution(self, output: Tensor) -> Normal:
        return Normal(self.mean(output), self.sigma, validate_args=False)


@final
class OptimalGaussianLikelihood(NormalLikelihood):
    """σ² is the mean squared error: of the batch while it trains, afterwards the running value of the training.

    log σ is softly bounded below at −6. "While it trains" means in training mode with gradients recorded, so that a
    validation inside a run is judged by the running value. Source: Rybkin, Daniilidis, Levine 2021, equation 6.
    """

    label = "Gaussian, optimal σ"
    words = (
        "Gaussian with σ² the mean squared error of the batch in training and its running value afterwards, on grey"
        " values in [0, 1]; a density, so figures may be negative"
    )

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        self.register_buffer("squared_error", torch.tensor(math.exp(2 * FIRST_LOG_SIGMA)))
        self.register_buffer("steps", torch.tensor(0.0))  # a float, as all numbers in a weights file are

    @property
    def log_sigma(self) -> Tensor:
        """log σ of the running squared error, a float32 scalar above −6, in units of log pixel value."""
        return log_sigma_of(self.squared_error)

    def log_prob(self, output: Tensor, images: Tensor) -> Tensor:
        if not (self.training and torch.is_grad_enabled()):
            return super().log_prob(output, images)
        picture = self.mean(output)
        error = (images - picture).square().mean()
        self._follow(error.detach())
        pixels = Normal(picture, log_sigma_of(error).exp(), validate_args=False)
        return pixels.log_prob(images).sum(dim=(1, 2, 3))

    @torch.no_grad()
    def _follow(self, error: Tensor) -> None:
        rate = ((YOUNG - 1) / (YOUNG + self.steps)).clamp(min=SLOWEST_RATE)
        self.squared_error.lerp_(error, rate)
        self.steps += 1


def softly_bounded(raw: Tensor) -> Tensor:
    """log σ above −6, smooth, and close to ``raw`` far above it. Source: Rybkin et al. 2021, section 4."""
    return SMALLEST_LOG_SIGMA + softplus(raw - SMALLEST_LOG_SIGMA)


def log_sigma_of(squared_error: Tensor) -> Tensor:
    """log σ of the σ that makes a squared error most likely, softly above −6."""
    return softly_bounded(0.5 * (squared_error + LEAST_SQUARED_ERROR).log())
