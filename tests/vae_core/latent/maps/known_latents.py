"""Latents whose neighbourhoods are known: groups that lie far apart."""

from __future__ import annotations

import numpy as np


def groups(count: int = 120, kinds: int = 3, dimensions: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Latents float32 (N, D) in so many groups far apart, and the group of each, int64 (N,)."""
    generator = np.random.default_rng(seed)
    kind = np.arange(count) % kinds
    centres = 12 * np.eye(max(kinds, dimensions))[:kinds, :dimensions]
    return (centres[kind] + generator.standard_normal((count, dimensions))).astype(np.float32), kind
