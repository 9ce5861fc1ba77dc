"""Models to compare the model at hand with: a plain autoencoder of the same images, and a series over β."""

from __future__ import annotations

from typing import Any

from store import LoadedModel


def companions(model: LoadedModel) -> dict[str, Any]:
    """{"autoencoder": {"name", "weights"} or None, "betas": [{"name", "weights", "beta", "latent_dim"}...]}."""
    return {"autoencoder": None, "betas": []}
