"""The encoded images of a source, for tasks: those stored with the model, or those in the app's cache."""

from __future__ import annotations

from pathlib import Path

from store.encoded_cache import Encoded, load_encoded
from store.models import no_reference
from store.sources import REFERENCE
from vae_core.checkpoint import checkpoint_folder, load_latents
from vae_core.latent.maps import MapError
from vae_core.latents import Latents


def encoded_images(root: str | Path, model: str, source: str) -> Latents | Encoded:
    """The images of "reference" or of an id in the app's cache: mean, std, image_hash and more, row by row.

    Raises MapError when there are none such, CheckpointError when the checkpoint cannot be read.
    """
    if source == REFERENCE:
        stored = load_latents(checkpoint_folder(Path(root), model))
        if stored is None:
            raise MapError(no_reference(model))
        return stored
    encoded = load_encoded(source)
    if encoded is None:
        raise MapError(f"The encoded images {source} are not in the cache any more. Encode the data set again.")
    return encoded
