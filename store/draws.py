"""Latents drawn many at a time: from the model's prior, or from the mixture fitted to its encodings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.models import LoadedModel, checkpoints_root
from store.starts import check_seed, no_density

DRAW_SOURCES = ("prior", "mixture")
MOST_DRAWS = 256


@dataclass(frozen=True, eq=False)
class Draws:
    """N draws for every temperature at once: at temperature T they are centres + T · offsets.

    centres, offsets: float32 (N, D). words: what they are drawn from.
    """

    centres: np.ndarray
    offsets: np.ndarray
    words: str

    def at(self, temperature: float) -> np.ndarray:
        """The latents float32 (N, D) at a temperature."""
        return (self.centres + np.float32(temperature) * self.offsets).astype(np.float32)


def draws(loaded: LoadedModel, source: str, count: int, seed: int) -> Draws:
    """Draws of a model, the same for the same seed and count (1 to 256).

    source: "prior", or "mixture" for density.npz. Temperature multiplies the spread of each normal density of them
    around its mean, so that the component a draw comes from stays. Raises NoStart when there is no such source.
    """
    check_seed(seed)
    if source == "mixture":
        return _of_mixture(loaded, count, seed)
    from vae_core.priors import PRIORS

    centres = loaded.sample_prior(count, seed, temperature=0.0)
    untrained = "; a plain autoencoder is not trained towards it" if loaded.config.model.posterior == "point" else ""
    words = f"the prior ({PRIORS[loaded.config.model.prior].label}){untrained}"
    return Draws(centres, loaded.sample_prior(count, seed) - centres, words)


def _of_mixture(loaded: LoadedModel, count: int, seed: int) -> Draws:
    from vae_core.checkpoint import load_density

    density = load_density(checkpoints_root() / loaded.name)
    if density is None:
        raise no_density(loaded)
    centres = density.sample(count, seed, temperature=0.0)
    parts = f"{len(density.weights)} normal densities" if len(density.weights) > 1 else "one normal density"
    words = f"{parts} fitted to {density.rows:,} posterior means of the {density.split} images"
    return Draws(centres, density.sample(count, seed) - centres, words)
