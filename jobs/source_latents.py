"""The latents of a source, for tasks: those stored with the model, or those in the app's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from store.encoded_cache import load_encoded
from store.sources import REFERENCE
from vae_core.checkpoint import CheckpointError, checkpoint_folder, load_latents


def source_posteriors(root: str | Path, model: str, source: str) -> tuple[np.ndarray, np.ndarray]:
    """Posterior means and standard deviations, float32 (N, D) each, of "reference" or of an id in the app's cache.

    Raises CheckpointError when the model has no stored latents, LookupError when the cache has none of that id.
    """
    if source == REFERENCE:
        folder = checkpoint_folder(Path(root), model)
        latents = load_latents(folder)
        if latents is None:
            raise CheckpointError(f"{folder.name}/latents.npz is missing; the map needs it. Evaluate the model again.")
        return latents.mean, latents.std
    encoded = load_encoded(source)
    if encoded is None:
        raise LookupError("The encoded images have left the cache. Ask for the map again, which encodes them anew.")
    return encoded.mean, encoded.std
