"""What training maximises: pure functions of a model and a batch, in nats per image, and objectives known by name."""

from __future__ import annotations

# the objectives that come with the project register themselves
from vae_core.objectives import (  # noqa: F401, I001, in the order in which they are listed
    weighted_elbo,
    capacity,
    beta_tcvae,
    factor_vae,
    dip_vae,
    info_vae,
    iwae,
    autoencoder,
)
from vae_core.objectives.base import OBJECTIVES, OPTIONS, Objective, build_objective, check_objective, options_of
from vae_core.objectives.elbo import Pass, draw_latents, elbo, elbo_terms, run_model
from vae_core.objectives.terms import Batch, ElboTerms, Moment, ObjectiveTerms

__all__ = [
    "OBJECTIVES",
    "OPTIONS",
    "Batch",
    "ElboTerms",
    "Moment",
    "Objective",
    "ObjectiveTerms",
    "Pass",
    "build_objective",
    "check_objective",
    "draw_latents",
    "elbo",
    "elbo_terms",
    "options_of",
    "run_model",
]
