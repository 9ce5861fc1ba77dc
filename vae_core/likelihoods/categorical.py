"""A probability of its own for each grey level of each pixel value."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, constraints
from torch.nn.functional import cross_entropy

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.levels import check_levels, coarser_levels, level_numbers
from vae_core.noise import RandomSource, uniform
from vae_core.settings import ModelSettings

MOST_OUTPUTS = 2**18  # numbers of the decoder's output per image: 28×28 with 256 levels, 64×64×3 with 21
DEFAULT_LEVELS = 256
LEAST_VARIANCE = 1e-10  # of a pixel value: the root of zero has no slope


@final
class CategoricalLikelihood(Likelihood):
    """Each pixel value is one of ``levels`` grey levels, with a logit for each.

    Bytes are put into bins of equal width; with 256 levels they stay what they are.
    Source: van den Oord, Kalchbrenner and Kavukcuoglu 2016 (PixelRNN), section 2.3.
    """

    label = "Categorical"
    words = "categorical, with a probability for each grey level of each pixel value; discrete"
    measure = "discrete"
    has_spread = True

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        self.levels = DEFAULT_LEVELS if settings is None else settings.levels
        self.pixels = f"{self.levels} grey levels"

    @classmethod
    def check_settings(cls, settings: ModelSettings) -> None:
        super().check_settings(settings)
        values = math.prod(settings.image_shape)
        if values * settings.levels > MOST_OUTPUTS:
            fitting = MOST_OUTPUTS // values
            raise ValueError(
                f"The image shape {settings.image_shape} with {settings.levels} levels asks the decoder for"
                f" {values * settings.levels:,} numbers per image; the categorical likelihood takes at most"
                f" {MOST_OUTPUTS:,}. Choose at most {fitting} levels, or the discretised-logistic likelihood."
            )

    @classmethod
    def outputs_per_value(cls, settings: ModelSettings) -> int:
        return settings.levels

    def distribution(self, output: Tensor) -> GreyLevels:
        return GreyLevels(self._logits(output).movedim(1, -1))

    def log_prob(self, output: Tensor, images: Tensor) -> Tensor:
        numbers = level_numbers(images, self.levels)
        return -cross_entropy(self._logits(output), numbers, reduction="none").sum(dim=(1, 2, 3))

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return coarser_levels(images, self.levels)

    def check(self, images: Tensor) -> None:
        check_levels(images, self.levels, "categorical")

    def mean(self, output: Tensor) -> Tensor:
        values = torch.linspace(0, 1, self.levels, device=output.device, dtype=output.dtype)
        return torch.einsum("bl...,l->b...", self._logits(output).softmax(dim=1), values)

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        below = self._logits(output).softmax(dim=1).cumsum(dim=1)
        share = uniform(source, (len(below), *below.shape[2:]), output.device)
        return (below < share[:, None] * below[:, -1:]).sum(dim=1).clamp(max=self.levels - 1) / (self.levels - 1)

    def spread(self, output: Tensor) -> Tensor:
        values = torch.linspace(0, 1, self.levels, device=output.device, dtype=output.dtype)
        probabilities = self._logits(output).softmax(dim=1).movedim(1, -1)
        centred = values - (probabilities @ values)[..., None]
        return ((probabilities * centred.square()).sum(dim=-1) + LEAST_VARIANCE).sqrt()

    def _logits(self, output: Tensor) -> Tensor:
        return output.unflatten(1, (self.levels, -1))


@final
class GreyLevels(Distribution):
    """Grey levels k/(L − 1) by their logits (..., L)."""

    arg_constraints = {"logits": constraints.real_vector}  # noqa: RUF012
    support = constraints.unit_interval

    def __init__(self, logits: Tensor) -> None:
        self.levels = logits.shape[-1]
        self.numbers = Categorical(logits=logits, validate_args=False)
        super().__init__(logits.shape[:-1], validate_args=False)

    @property
    def mean(self) -> Tensor:
        probabilities = self.numbers.probs
        return probabilities @ torch.linspace(0, 1, self.levels, device=probabilities.device, dtype=probabilities.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """log P(x) in nats of values k/(L − 1)."""
        return self.numbers.log_prob(level_numbers(value, self.levels))

    @torch.no_grad()
    def sample(self, sample_shape: torch.Size = torch.Size()) -> Tensor:  # noqa: B008, torch's own default
        return self.numbers.sample(sample_shape) / (self.levels - 1)
