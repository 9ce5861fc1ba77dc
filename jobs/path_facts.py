"""A path as JSON, as the task tells it while it is made and as the page reads it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from vae_core.latent import KeyedPath


def path_facts(path: KeyedPath) -> dict[str, Any]:
    """`points`, base64 of float32 (S, D), little-endian, and which of them the keys are, `places`."""
    content = np.ascontiguousarray(path.latents, dtype="<f4").tobytes()
    return {"points": base64.b64encode(content).decode("ascii"), "places": path.keys.tolist()}
