"""InfoVAE: the aggregated posterior drawn to the prior by the maximum mean discrepancy."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from vae_core.noise import RandomSource, normal, shared_generator
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.priors import StandardNormal
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


@final
class InfoVae(Objective):
    """reconstruction + β · KL + penalty · MMD²(q(z), p(z)), with β = 1 − α and penalty = α + λ − 1 of the paper.

    The MMD-VAE (α = 1) has β = 0. Warm-up weighs all but the reconstruction.
    Source: Zhao, Song and Ermon 2019, equation 6, with the MMD as the divergence of q(z) and p(z).
    """

    options = frozenset({"beta", "penalty", "warmup", "cycles"})

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.beta, self.penalty = training.beta, training.penalty
        self.warmup, self.cycles = training.warmup, training.cycles

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source)
        terms, latents = elbo_terms(vae, done), moment.gather(done.latents[0])
        discrepancy = squared_mmd(latents, prior_draws(vae, len(latents), source))
        cost = self.beta * terms.kl.mean() + self.penalty * discrepancy
        loss = terms.reconstruction.mean() + annealed(moment.progress, self.warmup, self.cycles) * cost
        return ObjectiveTerms(loss, terms, {"squared_mmd": discrepancy.detach()})


def squared_mmd(first: Tensor, second: Tensor) -> Tensor:
    """MMD² between two samples float32 (A, D) and (B, D), a scalar: at least 0, and 0 for the same sample.

    Kernel exp(−‖a − b‖² / (2 D)). The biased estimate with all pairs in it: for A = B it is too high by
    (2 − E k(a, a') − E k(b, b')) / A on average. Source: Gretton et al. 2012, equation 5.
    """
    return _kernel(first, first).mean() + _kernel(second, second).mean() - 2 * _kernel(first, second).mean()


def prior_draws(vae: VAE, count: int, source: RandomSource) -> Tensor:
    """``count`` latents from p(z), float32 (count, D), without gradient; the same in every process."""
    generator = shared_generator(source)
    if isinstance(vae.latent_prior, StandardNormal):
        return normal(generator, (count, vae.latent_dim), vae.device)
    seed = int(torch.randint(2**62, (), generator=generator))
    with torch.no_grad(), torch.random.fork_rng():  # a torch distribution draws from the global state alone
        torch.manual_seed(seed)
        return vae.prior().sample((count,))


def _kernel(first: Tensor, second: Tensor) -> Tensor:
    norms = first.square().sum(dim=1)[:, None] + second.square().sum(dim=1)
    distances = (norms - 2 * first @ second.T).clamp(min=0)  # rounding may leave a little less than 0
    return (-0.5 / first.shape[1] * distances).exp()
