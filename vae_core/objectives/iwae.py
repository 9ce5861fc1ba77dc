"""The importance-weighted bound, and its gradient with less noise for the encoder."""

from __future__ import annotations

import math
from typing import ClassVar, final

from torch import Tensor
from torch.distributions import Normal

from vae_core.noise import RandomSource
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import Pass, elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


class _Iwae(Objective):
    """−log of the mean importance weight over k draws, k the ``samples``; the loss is the bound itself.

    During warm-up the weights are p(x|z) · (p(z) / q(z|x))^β with a β that rises to 1.
    """

    options = frozenset({"samples", "warmup", "cycles"})
    doubly_reparametrised: ClassVar[bool]

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.samples, self.warmup, self.cycles = training.samples, training.warmup, training.cycles

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source, self.samples)
        beta = annealed(moment.progress, self.warmup, self.cycles)
        bound = (dreg_bound if self.doubly_reparametrised else iwae_bound)(vae, done, beta)
        return ObjectiveTerms(-bound.mean(), elbo_terms(vae, done))


@final
class Iwae(_Iwae):
    """With the gradient of the bound itself. Source: Burda, Grosse and Salakhutdinov 2015."""

    doubly_reparametrised = False


@final
class IwaeDreg(_Iwae):
    """With the doubly reparametrised gradient for the encoder. Source: Tucker et al. 2019."""

    doubly_reparametrised = True


def iwae_bound(vae: VAE, done: Pass, beta: float = 1.0) -> Tensor:
    """log (1/k) Σ w over the draws of a pass, float32 (B,), in nats per image: at most log p(x) on average.

    w = p(x|z) · (p(z) / q(z|x))^β. Source: Burda et al. 2015, equation 8 (β = 1).
    """
    return log_mean(log_weights(vae, done, done.posterior, beta))


def dreg_bound(vae: VAE, done: Pass, beta: float = 1.0) -> Tensor:
    """The value of `iwae_bound`, with another gradient for the encoder: the same mean, less noise.

    The encoder learns through z alone, each draw's gradient weighted by w̃² for w̃ (w̃ the normalised weight); the
    decoder and the prior have the gradient of the bound. For β < 1 the weight is w̃ (1 − β + β w̃), by the same steps.
    Source: Tucker, Lawson, Gu and Maddison 2019, equation 8.
    """
    posterior = done.posterior
    fixed = Normal(posterior.mean.detach(), posterior.stddev.detach(), validate_args=False)
    weights = log_weights(vae, done, fixed, beta)
    if done.latents.requires_grad:
        again = (1 - beta + beta * weights.detach().softmax(dim=0))[:, :, None]
        done.latents.register_hook(lambda gradient: gradient * again)  # the bound's own gradient brings the first w̃
    return log_mean(weights)


def log_weights(vae: VAE, done: Pass, posterior: Normal, beta: float = 1.0) -> Tensor:
    """log p(x|z) + β · (log p(z) − log q(z|x)) of each draw, float32 (k, B), in nats; q is ``posterior``."""
    log_ratio = vae.log_prior(done.latents) - posterior.log_prob(done.latents).sum(dim=2)
    return done.log_likelihood + beta * log_ratio


def log_mean(weights: Tensor) -> Tensor:
    """The log of the mean over the first axis of what the logs (k, B) stand for, float32 (B,)."""
    return weights.logsumexp(dim=0) - math.log(len(weights))
