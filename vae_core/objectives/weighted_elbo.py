"""The ELBO with a weight on its KL: the plain one, β-VAE, warm-up and cyclical annealing, free bits."""

from __future__ import annotations

from typing import final

from torch import Tensor

from vae_core.noise import RandomSource
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, ElboTerms, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


@final
class WeightedElbo(Objective):
    """reconstruction + β · KL: the ELBO with β = 1, else the β-VAE; β rises, and some of the KL may cost nothing."""

    options = frozenset({"beta", "warmup", "cycles", "free_bits", "samples", "sampled_kl"})

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.beta, self.warmup, self.cycles = training.beta, training.warmup, training.cycles
        self.free_bits, self.samples, self.sampled_kl = training.free_bits, training.samples, training.sampled_kl

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        terms = elbo_terms(vae, run_model(vae, batch, source, self.samples), self.sampled_kl)
        weight = self.beta * annealed(moment.progress, self.warmup, self.cycles)
        if not self.free_bits:
            return ObjectiveTerms(weighted_loss(terms, weight), terms)
        kl = free_bits_kl(moment.gather(terms.kl_per_dimension), self.free_bits)
        return ObjectiveTerms(terms.reconstruction.mean() + weight * kl, terms)


def weighted_loss(terms: ElboTerms, beta: float | Tensor) -> Tensor:
    """reconstruction + β · KL averaged over the batch, a scalar in nats per image.

    Source: Higgins et al. 2017 (β-VAE), equation 4.
    """
    return (terms.reconstruction + beta * terms.kl).mean()


def free_bits_kl(kl_per_dimension: Tensor, free_bits: float) -> Tensor:
    """The KL in which each dimension costs ``free_bits`` nats at least, a scalar in nats per image.

    kl_per_dimension: float32 (B, D). The maximum is taken per dimension, after the mean over the batch, so that a
    dimension below the floor has no gradient. Source: Kingma et al. 2016, equation 15, each dimension a group.
    """
    return kl_per_dimension.mean(dim=0).clamp(min=free_bits).sum()
