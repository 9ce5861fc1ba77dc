"""What training maximises: pure functions of a model and a batch, in nats per image, and objectives known by name."""

from __future__ import annotations

# the objectives that come with the project register themselves
from vae_core.objectives import weighted_elbo  # noqa: F401
from vae_core.objectives.base import OBJECTIVES, Objective, build_objective
from vae_core.objectives.elbo import Pass, draw_latents, elbo, elbo_terms, run_model
from vae_core.objectives.terms import Batch, ElboTerms, Moment, ObjectiveTerms

__all__ = [
    "OBJECTIVES",
    "Batch",
    "ElboTerms",
    "Moment",
    "Objective",
    "ObjectiveTerms",
    "Pass",
    "build_objective",
    "draw_latents",
    "elbo",
    "elbo_terms",
    "run_model",
]
