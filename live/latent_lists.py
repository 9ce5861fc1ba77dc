"""Many latents in the JSON of a request, checked: base64 of float32, since numbers as text take three times as long."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

import store
from live.answers import Refused
from live.compute import LARGEST_LATENT


def packed(values: np.ndarray) -> str:
    """base64 of the values as float32, little-endian, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def latents_from(given: Any, latent_dim: int, most: int, least: int = 1, name: str = "latents") -> np.ndarray:
    """Latents float32 (n, D), `least` to `most`, from base64 of float32; finite, at most 10,000 to each side.

    name: of the field that holds them. Raises Refused.
    """
    try:
        values = np.frombuffer(base64.b64decode(given, validate=True), dtype="<f4")
    except (binascii.Error, TypeError, ValueError):
        raise Refused(
            "bad-request", f"{name} is no base64 of float32, little-endian; encode the latents anew."
        ) from None
    if values.size % latent_dim or not least <= values.size // latent_dim <= most:
        raise Refused(
            "bad-shape",
            f"{name} holds {values.size} numbers; it must hold {least} to {most} latents of {latent_dim} numbers each.",
        )
    if not np.isfinite(values).all():
        raise Refused("not-finite", "A latent is NaN or infinite; all must be finite.")
    if np.abs(values).max() > LARGEST_LATENT:
        raise Refused(
            "out-of-range", f"A latent is {np.abs(values).max():.4g}; at most {LARGEST_LATENT:.0f} to each side of 0."
        )
    return values.astype(np.float32).reshape(-1, latent_dim)


def labels_from(given: Any, model: store.LoadedModel, count: int) -> np.ndarray | None:
    """The class of each latent of a conditional model, int64 (count,); None for any other. Raises Refused."""
    classes = model.config.model.classes
    if given is None and not classes:
        return None
    if not classes:
        raise Refused("bad-label", f"labels were given; {model.name} is not conditional. Leave them out.")
    whole = isinstance(given, list) and len(given) == count and all(type(each) is int for each in given)
    if not whole or not all(0 <= each < classes for each in given):
        reason = "no-label" if given is None else "bad-label"
        raise Refused(reason, f"labels must be a list of {count} classes from 0 to {classes - 1}, one for each latent.")
    return np.array(given, dtype=np.int64)
