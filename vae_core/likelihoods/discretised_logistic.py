"""Bytes as the bins of a logistic density: a discrete likelihood of all 256 grey levels."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor
from torch.distributions import Distribution, constraints
from torch.nn.functional import logsigmoid, softplus

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.levels import check_levels, nearest_levels
from vae_core.noise import RandomSource, uniform
from vae_core.settings import ModelSettings

LEVELS = 256
HALF_BIN = 1 / (LEVELS - 1)  # on the axis from −1 to 1
LARGEST_LOG_SCALE = 7.0
PLACES, FARTHEST = 33, 12.0  # of the sum for the spread, in scales
LEAST_VARIANCE = 1e-10  # of a pixel value: the root of zero has no slope
FAR = 20  # scales away from the axis from −1 to 1, where every picture is black or white


@final
class DiscretisedLogisticLikelihood(Likelihood):
    """The probability of a byte is that of its bin under a logistic; the bins of 0 and 255 take the tails.

    Place and scale are the decoder's, for each pixel value: probabilities are at most 1, so a scale that goes to 0
    cannot run away as that of a density does, and pixels that are always black need a smaller one than edges.
    Source: Kingma et al. 2016, equation 15; Salimans et al. 2017 (PixelCNN++), section 2.1, one component.
    """

    label = "Discretised logistic"
    words = "discretised logistic over the 256 grey levels, with place and scale for each pixel value; discrete"
    pixels = "256 grey levels"
    measure = "discrete"
    has_spread = True

    @classmethod
    def outputs_per_value(cls, settings: ModelSettings) -> int:
        return 2

    def distribution(self, output: Tensor) -> DiscretisedLogistic:
        place, raw_log_scale = output.chunk(2, dim=1)
        return DiscretisedLogistic(place, LARGEST_LOG_SCALE * (raw_log_scale / LARGEST_LOG_SCALE).tanh())

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return nearest_levels(images, LEVELS)

    def check(self, images: Tensor) -> None:
        check_levels(images, LEVELS, "discretised-logistic")

    def mean(self, output: Tensor) -> Tensor:
        return self.distribution(output).mean

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        levels = self.distribution(output)
        return levels.at_share(uniform(source, tuple(levels.place.shape), output.device))

    def spread(self, output: Tensor) -> Tensor:
        return self.distribution(output).stddev


@final
class DiscretisedLogistic(Distribution):
    """Grey levels k/255 by bins of a logistic on the axis from −1 (black) to 1 (white).

    place, log_scale: of any one shape, on that axis; pixel values are in [0, 1].
    """

    arg_constraints = {"place": constraints.real, "log_scale": constraints.real}  # noqa: RUF012
    support = constraints.unit_interval

    def __init__(self, place: Tensor, log_scale: Tensor) -> None:
        self.place, self.log_scale = place, log_scale
        super().__init__(place.shape, validate_args=False)

    @property
    def mean(self) -> Tensor:
        """E[x] as ∫₀¹ P(x > t) dt in closed form: within half a grey level (1/510) of the sum over all levels.

        The sum is the midpoint rule for that integral of a falling function.
        """
        scale = self.log_scale.exp()
        farthest = 1 + FAR * scale
        place = self.place.clamp(-farthest, farthest)  # so that two large numbers are never subtracted
        return 0.5 * scale * (softplus((place + 1) / scale) - softplus((place - 1) / scale))

    @property
    def stddev(self) -> Tensor:
        """Of the pixel value in [0, 1], by a sum over 33 places of the logistic out to 12 scales: within 10 % or 0.01.

        What lies beyond black or white is black or white, so that a pixel far in the dark has none.
        """
        away = torch.linspace(-FARTHEST, FARTHEST, PLACES, device=self.place.device, dtype=self.place.dtype)
        shares = away.sigmoid() * (-away).sigmoid()
        shares = shares / shares.sum()
        axis = self.place[..., None] + self.log_scale.exp()[..., None] * away
        values = ((axis + 1) / 2).clamp(0, 1)
        centred = values - (values @ shares)[..., None]
        return (centred.square() @ shares + LEAST_VARIANCE).sqrt()

    def log_prob(self, value: Tensor) -> Tensor:
        """log P(x) in nats of values k/255.

        With a and b the upper and lower end of a bin in scales: σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b−a)), which keeps
        all its digits however far in a tail the bin lies.
        """
        sharpness = (-self.log_scale).exp()
        centred = 2 * value - 1 - self.place
        below_top = logsigmoid(sharpness * (centred + HALF_BIN))
        above_bottom = logsigmoid(-sharpness * (centred - HALF_BIN))
        width = torch.log(-torch.expm1(-2 * HALF_BIN * sharpness))
        black, white = value < HALF_BIN / 4, value > 1 - HALF_BIN / 4
        inside = torch.where(black | white, 0.0, width)
        return inside + torch.where(white, 0.0, below_top) + torch.where(black, 0.0, above_bottom)

    @torch.no_grad()
    def sample(self, sample_shape: torch.Size = torch.Size()) -> Tensor:  # noqa: B008, torch's own default
        shape = self._extended_shape(sample_shape)
        return self.at_share(torch.rand(shape, device=self.place.device))

    def at_share(self, share: Tensor) -> Tensor:
        """The grey level below which a share in [0, 1] of the logistic lies, as a value k/255."""
        place = self.place + self.log_scale.exp() * share.clamp(1e-7, 1 - 1e-7).logit()
        return nearest_levels((place + 1) / 2, LEVELS)
