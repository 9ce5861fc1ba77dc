"""How good a model is: likelihood estimates and active units."""

from __future__ import annotations

from vae_core.metrics.activity import active_units, kl_per_dimension
from vae_core.metrics.evaluation import Evaluation, evaluate_model
from vae_core.metrics.likelihood import importance_weighted_nll

__all__ = ["Evaluation", "active_units", "evaluate_model", "importance_weighted_nll", "kl_per_dimension"]
