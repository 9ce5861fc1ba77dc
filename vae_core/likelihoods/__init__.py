"""What p(x|z) is: a decoder's output as a distribution over pixels, and which pixels it may judge."""

from __future__ import annotations

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.bernoulli import BernoulliLikelihood, binarise
from vae_core.likelihoods.gaussian import GaussianLikelihood
from vae_core.registry import Registry

LIKELIHOODS: Registry[type[Likelihood]] = Registry("likelihood")
LIKELIHOODS.register("bernoulli", BernoulliLikelihood)
LIKELIHOODS.register("gaussian", GaussianLikelihood)

__all__ = ["LIKELIHOODS", "BernoulliLikelihood", "GaussianLikelihood", "Likelihood", "binarise"]
