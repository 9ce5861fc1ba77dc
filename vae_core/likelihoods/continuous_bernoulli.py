"""Grey values by the continuous Bernoulli: Bernoulli's formula with the normaliser that makes it a density."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints

from vae_core.likelihoods.density import DensityLikelihood
from vae_core.noise import RandomSource, uniform

SMALL = 0.2  # logits nearer to 0 than this go by their series, where the closed form would lose its digits


@final
class ContinuousBernoulliLikelihood(DensityLikelihood):
    """Each grey value has the density proportional to λ^x (1 − λ)^(1−x) on [0, 1]; the output is the logit of λ.

    The expected picture is not λ. Source: Loaiza-Ganem and Cunningham 2019, equations 6 to 8.
    """

    label = "Continuous Bernoulli"
    words = "continuous Bernoulli on grey values in [0, 1]; a density, so figures may be negative"

    def distribution(self, output: Tensor) -> ContinuousBernoulli:
        return ContinuousBernoulli(output)

    def mean(self, output: Tensor) -> Tensor:
        return mean_of(output)

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        return self.distribution(output).icdf(uniform(source, tuple(output.shape), output.device))


@final
class ContinuousBernoulli(Distribution):
    """The density e^(ηx) η / (e^η − 1) on [0, 1], by its logits η of any shape.

    ``torch.distributions`` has one too, but cuts the logits off near ±16, which trained decoders pass.
    """

    arg_constraints = {"logits": constraints.real}  # noqa: RUF012, the base class wants a dict
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits
        super().__init__(logits.shape, validate_args=False)

    @property
    def mean(self) -> Tensor:
        return mean_of(self.logits)

    def log_prob(self, value: Tensor) -> Tensor:
        return self.logits * value - log_normaliser(self.logits)

    def rsample(self, sample_shape: torch.Size = torch.Size()) -> Tensor:  # noqa: B008, torch's own default
        shape = self._extended_shape(sample_shape)
        uniform = torch.rand(shape, device=self.logits.device, dtype=self.logits.dtype)
        return self.icdf(uniform)

    def icdf(self, value: Tensor) -> Tensor:
        """The grey value below which a share ``value`` in [0, 1] lies: log(1 + u (e^η − 1)) / η."""
        size = self.logits.abs()
        safe = size.clamp(min=1e-3)
        # the side towards which the density falls; e^(−|η|) cannot overflow
        falling = torch.where(self.logits > 0, 1 - value, value)
        from_peak = -torch.log1p(falling * torch.expm1(-safe)) / safe
        return torch.where(size < 1e-3, value, torch.where(self.logits > 0, 1 - from_peak, from_peak)).clamp(0, 1)


def log_normaliser(logits: Tensor) -> Tensor:
    """log of ∫₀¹ e^(ηx) dx = (e^η − 1)/η, exact near η = 0 and for |η| of any size."""
    size = logits.abs()
    safe = size.clamp(min=SMALL)
    far = safe / 2 + torch.log(-torch.expm1(-safe)) - safe.log()
    square = size.clamp(max=SMALL).square()
    near = square * (1 / 24 - square / 2880)
    return logits / 2 + torch.where(size < SMALL, near, far)


def mean_of(logits: Tensor) -> Tensor:
    """E[x] = 1 / (1 − e^(−η)) − 1/η, exact near η = 0 and for |η| of any size."""
    near = logits * (1 / 12 - logits.square() / 720)
    small = logits.abs() < SMALL
    safe = torch.where(small, SMALL, logits)
    return 0.5 + torch.where(small, near, 0.5 / torch.tanh(safe / 2) - 1 / safe)
