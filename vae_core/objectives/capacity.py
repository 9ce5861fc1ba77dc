"""The KL drawn to a capacity that grows."""

from __future__ import annotations

from typing import final

from torch import Tensor

from vae_core.noise import RandomSource
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


@final
class Capacity(Objective):
    """reconstruction + γ · |KL − C|, γ the ``penalty``; C rises from 0 to ``capacity`` over ``warmup``, or the run."""

    options = frozenset({"capacity", "penalty", "warmup"})

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.capacity, self.penalty, self.warmup = training.capacity, training.penalty, training.warmup or 1.0

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        terms = elbo_terms(vae, run_model(vae, batch, source))
        capacity = self.capacity * annealed(moment.progress, self.warmup)
        cost = capacity_cost(moment.gather(terms.kl), capacity, self.penalty)
        return ObjectiveTerms(terms.reconstruction.mean() + cost, terms, {"capacity": cost.new_tensor(capacity)})


def capacity_cost(kl: Tensor, capacity: float, penalty: float) -> Tensor:
    """penalty · |mean KL − capacity|, a scalar in nats per image, from the KL of each image, float32 (B,).

    Of the batch's mean, so that images may differ in what they need. Source: Burgess et al. 2018, equation 8.
    """
    return penalty * (kl.mean() - capacity).abs()
