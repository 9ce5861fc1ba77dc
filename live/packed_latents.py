"""Several latents in the JSON of a request: base64 of float32, little-endian, one after the other."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from live.compute import LARGEST_LATENT
from live.export_request import bad
from store import LoadedModel


def latents_in(text: Any, model: LoadedModel, name: str, least: int, most: int) -> np.ndarray:
    """The latents float32 (N, D) of a field. Raises Refused unless they are `least` to `most`, finite, the model's."""
    size = 4 * model.latent_dim
    try:
        content = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        content = None
    if content is None or len(content) % size:
        raise bad(
            f"{name} must be base64 of float32, little-endian, {model.latent_dim} numbers for each latent of"
            f" {model.name}.",
            "bad-shape",
        )
    count = len(content) // size
    if not least <= count <= most:
        raise bad(f"{name} holds {count}; from {least} to {most} are taken. {_way_out(count, least)}")
    latents = np.frombuffer(content, dtype="<f4").reshape(count, model.latent_dim).astype(np.float32)
    if not np.isfinite(latents).all():
        raise bad(f"{name} holds NaN or infinity; all must be finite.", "not-finite")
    if np.abs(latents).max() > LARGEST_LATENT:
        raise bad(
            f"{name} holds {np.abs(latents).max():.4g}; at most {LARGEST_LATENT:.0f} to each side of 0 are taken.",
            "out-of-range",
        )
    return latents


def packed(latents: np.ndarray) -> str:
    """The same text of latents float32 (N, D)."""
    return base64.b64encode(np.ascontiguousarray(latents, dtype="<f4").tobytes()).decode("ascii")


def _way_out(count: int, least: int) -> str:
    return "Add another." if count < least else "Leave some out."
