"""DIP-VAE: the covariance of the aggregated posterior drawn to the identity."""

from __future__ import annotations

from typing import ClassVar, final

import torch
from torch import Tensor

from vae_core.noise import RandomSource
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


class _DipVae(Objective):
    """reconstruction + KL + λ_od · Σ off-diagonal² + λ_d · Σ (diagonal − 1)², λ_od the ``penalty``.

    Warm-up weighs all but the reconstruction. Source: Kumar, Sattigeri and Balakrishnan 2018, equations 6 and 7.
    """

    options = frozenset({"penalty", "warmup", "cycles"})
    diagonal_factor: ClassVar[float]  # λ_d / λ_od, as in the paper's experiments
    of_latents: ClassVar[bool]  # the covariance of z, not only that of its mean

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.penalty, self.warmup, self.cycles = training.penalty, training.warmup, training.cycles

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source)
        terms = elbo_terms(vae, done)
        covariance = mean_covariance(moment.gather(done.posterior.mean))
        if self.of_latents:
            covariance = covariance + moment.gather(done.posterior.variance).mean(dim=0).diag()
        distance = identity_cost(covariance, self.penalty, self.diagonal_factor * self.penalty)
        rising = annealed(moment.progress, self.warmup, self.cycles)
        loss = terms.reconstruction.mean() + rising * (terms.kl.mean() + distance)
        return ObjectiveTerms(loss, terms, {"covariance_cost": distance.detach()})


@final
class DipVaeOne(_DipVae):
    """The covariance of the posterior means; λ_d = 10 λ_od."""

    diagonal_factor, of_latents = 10.0, False


@final
class DipVaeTwo(_DipVae):
    """The covariance of the latents, E[Σ(x)] + Cov[μ(x)]; λ_d = λ_od."""

    diagonal_factor, of_latents = 1.0, True


def mean_covariance(means: Tensor) -> Tensor:
    """E[μ μᵀ] − E[μ] E[μ]ᵀ over a batch, float32 (D, D), of posterior means float32 (B, D).

    Source: Kumar et al. 2018, section 3 (Cov_p(x)[μ(x)]).
    """
    centred = means - means.mean(dim=0)
    return centred.T @ centred / len(means)


def identity_cost(covariance: Tensor, off_diagonal: float, diagonal: float) -> Tensor:
    """The weighted squared distance of a covariance (D, D) from the identity, a scalar.

    Source: Kumar et al. 2018, equation 6.
    """
    variances = covariance.diagonal()
    squares_off = (covariance - torch.diag(variances)).square().sum()
    return off_diagonal * squares_off + diagonal * (variances - 1).square().sum()
