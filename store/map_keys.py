"""What names a map: a hash of everything that its points depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

VERSION = 1
DIGITS = 16


def latents_hash(means: np.ndarray) -> str:
    """16 hex digits of the SHA-256 of means float32 (N, D), shape and values."""
    digest = hashlib.sha256(str(means.shape).encode())
    digest.update(np.ascontiguousarray(means, dtype="<f4").data)
    return digest.hexdigest()[:DIGITS]


def map_id(
    weights: str,
    latents: str,
    method: str,
    parameters: Mapping[str, Any],
    rows: np.ndarray | None,
    align_to: str | None = None,
) -> str:
    """16 hex digits for a map of latents, given by their hash, of a model with these weights.

    rows: int (n,), of an isolated selection. align_to: the id of the map onto which it is turned.
    """
    isolated = None if rows is None else hashlib.sha256(np.asarray(rows, dtype="<u4").tobytes()).hexdigest()
    facts = [VERSION, weights, latents, method, dict(sorted(parameters.items())), isolated]
    facts += [] if align_to is None else [align_to]
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()[:DIGITS]
