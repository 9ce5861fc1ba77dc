"""β-TCVAE: the KL taken apart, with a weight on the total correlation alone."""

from __future__ import annotations

from typing import final

from torch.distributions import Normal

from vae_core.noise import RandomSource
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import Pass, elbo_terms, run_model
from vae_core.objectives.kl_parts import Estimator, KlParts, kl_parts, mixture_log_weights
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


@final
class BetaTcVae(Objective):
    """reconstruction + mutual information + β · total correlation + dimension-wise KL.

    Warm-up weighs all but the reconstruction. Source: Chen et al. 2018, equation 4 with α = γ = 1.
    """

    options = frozenset({"beta", "warmup", "cycles", "estimator"})

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.beta, self.warmup, self.cycles = training.beta, training.warmup, training.cycles
        self.estimator = training.estimator

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source)
        terms = elbo_terms(vae, done)
        parts = kl_parts_of_pass(vae, done, moment, self.estimator)
        means = {
            "mutual_information": parts.mutual_information.mean(),
            "total_correlation": parts.total_correlation.mean(),
            "dimension_wise_kl": parts.dimension_wise_kl.mean(),
        }
        cost = means["mutual_information"] + self.beta * means["total_correlation"] + means["dimension_wise_kl"]
        loss = terms.reconstruction.mean() + annealed(moment.progress, self.warmup, self.cycles) * cost
        return ObjectiveTerms(loss, terms, {name: value.detach() for name, value in means.items()})


def kl_parts_of_pass(vae: VAE, done: Pass, moment: Moment, estimator: Estimator) -> KlParts:
    """The parts of the KL for the first draw of each image of the global batch."""
    latents = moment.gather(done.latents[0])
    mean, std = moment.gather(done.posterior.mean), moment.gather(done.posterior.stddev)
    weights = mixture_log_weights(estimator, len(latents), moment.n_train).to(latents)
    return kl_parts(latents, Normal(mean, std, validate_args=False), vae.log_prior(latents), weights)
