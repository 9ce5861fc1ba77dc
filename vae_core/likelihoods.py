"""What p(x|z) is: a decoder's output as a distribution over pixels, and which pixels it may judge."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Distribution, Normal
from torch.nn.functional import softplus

SMALLEST_LOG_SIGMA = -6.0
FIRST_LOG_SIGMA = -1.2  # about the spread of the pixels of a handwritten digit


class Likelihood(nn.Module, ABC):
    """Turns a decoder's output float32 (B, C, H, W), unbounded, into p(x|z) with one event per pixel."""

    pixels: str  # what ``observe`` makes of the images, in words for a table of scores

    @abstractmethod
    def distribution(self, output: Tensor) -> Distribution:
        """p(x|z) with batch shape (B, C, H, W); its ``log_prob`` is in nats per pixel."""

    @abstractmethod
    def observe(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """What this likelihood takes for data: float32, same shape, from grey images float32 in [0, 1]."""

    @abstractmethod
    def check(self, images: Tensor) -> None:
        """Raises ValueError where ``log_prob`` of these pixels would be no likelihood."""

    def mean(self, output: Tensor) -> Tensor:
        """The expected picture, float32 (B, C, H, W) in [0, 1]."""
        return output.sigmoid()


@final
class BernoulliLikelihood(Likelihood):
    """Each pixel is black or white; the decoder's output is the logit of white."""

    pixels = "binarised afresh from the seed"

    def distribution(self, output: Tensor) -> Bernoulli:
        return Bernoulli(logits=output, validate_args=False)

    def observe(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return binarise(images, generator)

    def check(self, images: Tensor) -> None:
        # x² = x holds for 0 and 1 alone (not for NaN): one pass, because this runs at every training step.
        if not torch.equal(images.square(), images):
            grey = images[images.square() != images].flatten()[0].item()
            raise ValueError(
                f"A pixel is {grey:.4g}; a Bernoulli likelihood judges only 0 and 1, since grey pixels"
                " lack its normaliser. Binarise the images first (vae_core.binarise), or choose the gaussian"
                " likelihood."
            )


@final
class GaussianLikelihood(Likelihood):
    """Each pixel is normal around the decoder's sigmoid, with one learned σ for all pixels.

    log σ is softly bounded below at −6. Source: Rybkin, Daniilidis, Levine 2021 (σ-VAE), section 4.
    """

    pixels = "grey values in [0, 1]"

    def __init__(self) -> None:
        super().__init__()
        self.raw_log_sigma = nn.Parameter(torch.tensor(FIRST_LOG_SIGMA))

    @property
    def log_sigma(self) -> Tensor:
        """log σ, a float32 scalar above −6, in units of log pixel value."""
        return SMALLEST_LOG_SIGMA + softplus(self.raw_log_sigma - SMALLEST_LOG_SIGMA)

    def distribution(self, output: Tensor) -> Normal:
        return Normal(self.mean(output), self.log_sigma.exp(), validate_args=False)

    def observe(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return images

    def check(self, images: Tensor) -> None:
        return None


LIKELIHOODS: dict[str, type[Likelihood]] = {"bernoulli": BernoulliLikelihood, "gaussian": GaussianLikelihood}


def binarise(images: Tensor, generator: torch.Generator) -> Tensor:
    """Pixels drawn as 0 or 1, float32, with each grey value in [0, 1] as its probability of 1.

    Fresh at each call: the draw moves ``generator`` on.
    Source: Burda et al. 2015, section 5 (dynamic binarisation).
    """
    noise = torch.rand(images.shape, generator=generator, device=images.device)
    return (noise < images).to(images.dtype)
