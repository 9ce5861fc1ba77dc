"""What training maximises: pure functions of a model and a batch, in nats per image, and objectives known by name."""

from __future__ import annotations

from vae_core.objectives.autoencoder import Autoencoder
from vae_core.objectives.base import OBJECTIVES, OPTIONS, Objective, build_objective, check_objective, options_of
from vae_core.objectives.beta_tcvae import BetaTcVae
from vae_core.objectives.capacity import Capacity
from vae_core.objectives.chosen_posterior import FittedGaussian, GaussianElbo, gaussian_elbo, raised_gaussian
from vae_core.objectives.dip_vae import DipVaeOne, DipVaeTwo
from vae_core.objectives.elbo import Pass, draw_latents, elbo, elbo_terms, run_model
from vae_core.objectives.factor_vae import FactorVae
from vae_core.objectives.gradient_estimators import (
    GradientDraws,
    NoisePath,
    gradient_draws,
    noise_path,
    quadrature_gradient,
)
from vae_core.objectives.info_vae import InfoVae
from vae_core.objectives.iwae import Iwae, IwaeDreg
from vae_core.objectives.observed import observed_image
from vae_core.objectives.terms import Batch, ElboTerms, Moment, ObjectiveTerms
from vae_core.objectives.weighted_elbo import WeightedElbo

OBJECTIVES.register("elbo", WeightedElbo)
OBJECTIVES.register("beta-vae", WeightedElbo)
OBJECTIVES.register("capacity", Capacity)
OBJECTIVES.register("beta-tcvae", BetaTcVae)
OBJECTIVES.register("factor-vae", FactorVae)
OBJECTIVES.register("dip-vae-i", DipVaeOne)
OBJECTIVES.register("dip-vae-ii", DipVaeTwo)
OBJECTIVES.register("info-vae", InfoVae)
OBJECTIVES.register("iwae", Iwae)
OBJECTIVES.register("iwae-dreg", IwaeDreg)
OBJECTIVES.register("autoencoder", Autoencoder)

__all__ = [
    "OBJECTIVES",
    "OPTIONS",
    "Batch",
    "ElboTerms",
    "FittedGaussian",
    "GaussianElbo",
    "GradientDraws",
    "Moment",
    "NoisePath",
    "Objective",
    "ObjectiveTerms",
    "Pass",
    "build_objective",
    "check_objective",
    "draw_latents",
    "elbo",
    "elbo_terms",
    "gaussian_elbo",
    "gradient_draws",
    "noise_path",
    "observed_image",
    "options_of",
    "quadrature_gradient",
    "raised_gaussian",
    "run_model",
]
