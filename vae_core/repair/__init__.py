"""Pictures that are damaged on purpose, and what a VAE makes of them: noise, holes, repairs, and how near they come."""

from __future__ import annotations

from vae_core.repair.damage import NOISE_KINDS, Damage, Damaged, damaged, noise_words
from vae_core.repair.filters import standard_filter, standard_filter_words
from vae_core.repair.fit import FitState, fit_starts, latent_fit
from vae_core.repair.repairs import (
    Quality,
    chained_reconstruction,
    kept_where_visible,
    posterior_average,
    quality,
    reconstruction,
)

__all__ = [
    "NOISE_KINDS",
    "Damage",
    "Damaged",
    "FitState",
    "Quality",
    "chained_reconstruction",
    "damaged",
    "fit_starts",
    "kept_where_visible",
    "latent_fit",
    "noise_words",
    "posterior_average",
    "quality",
    "reconstruction",
    "standard_filter",
    "standard_filter_words",
]
