"""Bernoulli's formula on grey pixels: trained under its own name, never reported as a likelihood."""

from __future__ import annotations

from typing import final

from torch import Tensor
from torch.distributions import Bernoulli

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.density import check_grey
from vae_core.likelihoods.from_logits import log_prob_of_logits
from vae_core.noise import RandomSource


@final
class CrossEntropy(Likelihood):
    """−(x log y + (1 − x) log(1 − y)) of grey values x: a cost with its least value at y = x.

    No density of grey values: it lacks the normaliser of the continuous Bernoulli (Loaiza-Ganem and Cunningham 2019,
    section 3), so that no figure of it is a likelihood.
    """

    label = "Cross-entropy"
    words = "cross-entropy of grey values in [0, 1], Bernoulli's formula without its normaliser; a cost, no likelihood"
    pixels = "grey values in [0, 1]; their cross-entropy is no likelihood"
    measure = "none"

    def distribution(self, output: Tensor) -> Bernoulli:
        return Bernoulli(logits=output, validate_args=False)

    def log_prob(self, output: Tensor, images: Tensor) -> Tensor:
        return log_prob_of_logits(output, images)

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return images

    def check(self, images: Tensor) -> None:
        check_grey(images)
