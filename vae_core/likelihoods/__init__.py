"""What p(x|z) is: a decoder's output as a distribution over pixels, and which pixels it may judge."""

from __future__ import annotations

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.bernoulli import BernoulliLikelihood, FixedBernoulliLikelihood, binarise
from vae_core.likelihoods.bits import bits_per_dimension
from vae_core.likelihoods.categorical import CategoricalLikelihood
from vae_core.likelihoods.continuous_bernoulli import ContinuousBernoulliLikelihood
from vae_core.likelihoods.cross_entropy import CrossEntropy
from vae_core.likelihoods.density import dequantised
from vae_core.likelihoods.discretised_logistic import DiscretisedLogisticLikelihood
from vae_core.likelihoods.fixed_binarisation import binarise_fixed
from vae_core.likelihoods.gaussian import FixedGaussianLikelihood, GaussianLikelihood, OptimalGaussianLikelihood
from vae_core.likelihoods.single_pixel import PixelValues, pixel_values
from vae_core.likelihoods.spread_of_mean import spread_of_mean
from vae_core.registry import Registry

LIKELIHOODS: Registry[type[Likelihood]] = Registry("likelihood")
LIKELIHOODS.register("bernoulli", BernoulliLikelihood)
LIKELIHOODS.register("bernoulli-fixed", FixedBernoulliLikelihood)
LIKELIHOODS.register("continuous-bernoulli", ContinuousBernoulliLikelihood)
LIKELIHOODS.register("gaussian", GaussianLikelihood)
LIKELIHOODS.register("gaussian-fixed", FixedGaussianLikelihood)
LIKELIHOODS.register("gaussian-optimal", OptimalGaussianLikelihood)
LIKELIHOODS.register("discretised-logistic", DiscretisedLogisticLikelihood)
LIKELIHOODS.register("categorical", CategoricalLikelihood)
LIKELIHOODS.register("cross-entropy", CrossEntropy)

__all__ = [
    "LIKELIHOODS",
    "BernoulliLikelihood",
    "CategoricalLikelihood",
    "ContinuousBernoulliLikelihood",
    "CrossEntropy",
    "DiscretisedLogisticLikelihood",
    "FixedBernoulliLikelihood",
    "FixedGaussianLikelihood",
    "GaussianLikelihood",
    "Likelihood",
    "OptimalGaussianLikelihood",
    "PixelValues",
    "binarise",
    "binarise_fixed",
    "bits_per_dimension",
    "dequantised",
    "pixel_values",
    "spread_of_mean",
]
