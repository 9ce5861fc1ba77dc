"""The plain autoencoder: no distribution over latents, no KL."""

from __future__ import annotations

from typing import final

from vae_core.noise import RandomSource
from vae_core.objectives.base import Objective
from vae_core.objectives.elbo import elbo_terms, run_model
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.vae import VAE


@final
class Autoencoder(Objective):
    """−log p(x|z) at the one point z that the encoder gives; for models whose posterior is "point".

    Source: Hinton and Salakhutdinov 2006.
    """

    posterior = "point"

    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        terms = elbo_terms(vae, run_model(vae, batch, source))
        return ObjectiveTerms(terms.loss, terms)
