"""Binary pixels: Bernoulli, with images binarised afresh at every look or once and for all."""

from __future__ import annotations

from abc import ABC
from typing import final

import torch
from torch import Tensor
from torch.distributions import Bernoulli

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.fixed_binarisation import FIXED_SEED, binarise_fixed
from vae_core.likelihoods.from_logits import log_prob_of_logits
from vae_core.noise import RandomSource, uniform, words16


class BinaryLikelihood(Likelihood, ABC):
    """Each pixel is black or white; the decoder's output is the logit of white."""

    measure = "discrete"
    binary = True

    def distribution(self, output: Tensor) -> Bernoulli:
        return Bernoulli(logits=output, validate_args=False)

    def log_prob(self, output: Tensor, images: Tensor) -> Tensor:
        return log_prob_of_logits(output, images)

    def draw(self, output: Tensor, source: RandomSource) -> Tensor:
        return (uniform(source, tuple(output.shape), output.device) < output.sigmoid()).to(output.dtype)

    def check(self, images: Tensor) -> None:
        # x² = x holds for 0 and 1 alone, and not for NaN
        if not torch.equal(images.square(), images):
            grey = images[images.square() != images].flatten()[0].item()
            raise ValueError(
                f"A pixel is {grey:.4g}; a Bernoulli likelihood judges only 0 and 1, since grey pixels"
                " lack its normaliser. Binarise the images first (vae_core.binarise), or choose the"
                " continuous-bernoulli or gaussian likelihood; cross-entropy takes grey pixels, but is no likelihood."
            )


@final
class BernoulliLikelihood(BinaryLikelihood):
    """Bernoulli with each pixel drawn afresh at every look. Source: Burda et al. 2015, section 5."""

    label = "Bernoulli"
    words = "Bernoulli; pixels are drawn as 0 or 1 afresh at every step, with the grey value as probability"
    pixels = "binarised afresh from the seed"

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return binarise(images, source)


@final
class FixedBernoulliLikelihood(BinaryLikelihood):
    """Bernoulli on images that were binarised once and for all, as in Larochelle and Murray 2011.

    Not their draw, which is a file of its own: figures of the two are near each other and never the same.
    """

    label = "Bernoulli, fixed"
    words = (
        "Bernoulli; each image is drawn as 0 and 1 once and for all, with the grey values as probabilities"
        f" (fixed binarisation, seed {FIXED_SEED})"
    )
    pixels = f"binarised once and for all, seed {FIXED_SEED}"

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return binarise_fixed(images)


def binarise(images: Tensor, source: RandomSource) -> Tensor:
    """Pixels drawn as 0 or 1, float32, with each grey value in [0, 1] as its probability of 1.

    The probability is the grey value rounded up to a multiple of 2⁻¹⁶; 0 and 1 stay what they are.
    Fresh at each call: the draw moves ``source`` on.
    Source: Burda et al. 2015, section 5 (dynamic binarisation).
    """
    thresholds = images * 65_536 - 32_768
    return (words16(source, images.shape, images.device) < thresholds).to(images.dtype)
