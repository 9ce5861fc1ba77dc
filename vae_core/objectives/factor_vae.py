"""FactorVAE: the total correlation read off a discriminator that learns beside the model."""

from __future__ import annotations

from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from vae_core.noise import RandomSource, row_orders
from vae_core.objectives.annealing import annealed
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE

LAYERS, WIDTH, SLOPE = 6, 200, 0.2  # the paper's are 1,000 wide; a fifth costs about as much as a small model
AS_DRAWN, PERMUTED = 0, 1  # the classes that the discriminator tells apart


@final
class FactorVae(Objective):
    """reconstruction + KL + γ · total correlation, γ the ``penalty``; holds the discriminator.

    Warm-up weighs all but the reconstruction. Source: Kim and Mnih 2018, equation 2 and algorithm 2.
    """

    options = frozenset({"penalty", "warmup", "cycles"})
    adversary_betas = (0.5, 0.9)

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__(model, training)
        self.penalty, self.warmup, self.cycles = training.penalty, training.warmup, training.cycles
        self.discriminator = discriminator(model.latent_dim)

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        done = run_model(vae, batch, source)
        terms, latents = elbo_terms(vae, done), done.latents[0]
        # Of each image by itself: nothing to gather. The discriminator's weights stand still here.
        fixed = {name: value.detach() for name, value in self.discriminator.named_parameters()}
        correlation = log_density_ratio(functional_call(self.discriminator, fixed, (latents,))).mean()
        cost = terms.kl.mean() + self.penalty * correlation
        loss = terms.reconstruction.mean() + annealed(moment.progress, self.warmup, self.cycles) * cost
        return ObjectiveTerms(loss, terms, {"total_correlation": correlation.detach()}, latents)

    def adversary_loss(self, latents: Tensor, source: RandomSource, moment: Moment) -> Tensor:
        return discriminator_loss(self.discriminator, moment.gather(latents), source)


def discriminator(latent_dim: int, width: int = WIDTH) -> nn.Sequential:
    """From latents float32 (B, D) to two logits (B, 2): as drawn from q(z), or with their dimensions permuted.

    Source: Kim and Mnih 2018, appendix A: six hidden layers, leaky ReLU.
    """
    widths = (latent_dim, *[width] * LAYERS)
    layers = [layer for narrow, wide in pairwise(widths) for layer in (nn.Linear(narrow, wide), nn.LeakyReLU(SLOPE))]
    return nn.Sequential(*layers, nn.Linear(width, 2))


def log_density_ratio(logits: Tensor) -> Tensor:
    """log q(z) − Σ log q(z_d) as the discriminator sees it, float32 (B,), in nats, from its logits (B, 2).

    Source: Kim and Mnih 2018, equation 3.
    """
    return logits[:, AS_DRAWN] - logits[:, PERMUTED]


def discriminator_loss(judge: nn.Module, latents: Tensor, source: RandomSource) -> Tensor:
    """The cross-entropy, in nats, of telling half of the latents float32 (B, D) from the other half permuted.

    The halves stand for the paper's two batches: what is permuted is independent of what is left as drawn.
    Source: Kim and Mnih 2018, algorithm 2.
    """
    half = (len(latents) + 1) // 2
    rows = torch.cat([latents[:half], permuted_dimensions(latents[half:], source)])
    classes = torch.full((len(latents),), PERMUTED, device=latents.device)
    classes[:half] = AS_DRAWN
    return cross_entropy(judge(rows), classes)


def permuted_dimensions(latents: Tensor, source: RandomSource) -> Tensor:
    """Latents (B, D) with each dimension in a random order of its own over the batch: draws of Π q(z_d).

    Source: Kim and Mnih 2018, algorithm 1.
    """
    return latents.gather(0, row_orders(source, tuple(latents.shape)).to(latents.device))
