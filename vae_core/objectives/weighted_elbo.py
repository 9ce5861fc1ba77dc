"""The ELBO with a weight on its KL: the plain one, β-VAE, warm-up and cyclical annealing, free bits."""

from __future__ import annotations

from typing import final

from torch import Tensor

from vae_core.noise import RandomSource
from vae_core.objectives.base import OBJECTIVES, Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, ElboTerms, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


@final
class WeightedElbo(Objective):
    """reconstruction + β · KL; with β = 1 the ELBO."""

    options = frozenset({"beta", "samples", "sampled_kl"})

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.training_settings = training

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        options = self.training_settings
        terms = elbo_terms(vae, run_model(vae, batch, source, options.samples), options.sampled_kl)
        return ObjectiveTerms(weighted_loss(terms, options.beta), terms)


def weighted_loss(terms: ElboTerms, beta: float | Tensor) -> Tensor:
    """reconstruction + β · KL averaged over the batch, a scalar in nats per image.

    Source: Higgins et al. 2017 (β-VAE), equation 4.
    """
    return (terms.reconstruction + beta * terms.kl).mean()


OBJECTIVES.register("elbo", WeightedElbo)
