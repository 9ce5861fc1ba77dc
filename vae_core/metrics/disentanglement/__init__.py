"""How well single latent dimensions hold single factors of the data, where the factors are known."""

from __future__ import annotations

from vae_core.metrics.disentanglement.dci import Dci, dci
from vae_core.metrics.disentanglement.factor_vae_score import (
    FactorVaeScore,
    factor_vae_score,
    factor_vae_score_of_sampler,
)
from vae_core.metrics.disentanglement.mig import MutualInformationGap, mutual_information_gap
from vae_core.metrics.disentanglement.sap import SeparatedAttributePredictability, separated_attribute_predictability

__all__ = [
    "Dci",
    "FactorVaeScore",
    "MutualInformationGap",
    "SeparatedAttributePredictability",
    "dci",
    "factor_vae_score",
    "factor_vae_score_of_sampler",
    "mutual_information_gap",
    "separated_attribute_predictability",
]
