"""How far a dimension of the latent space reaches."""

from __future__ import annotations

import numpy as np


def quantile_ranges(points: np.ndarray, low: float = 0.005, high: float = 0.995) -> np.ndarray:
    """The quantiles low and high of each dimension, float32 (D, 2), of points float32 (N, D).

    Give samples of the aggregated posterior (``vae_core.latents.aggregated_range`` draws them).
    Raises ValueError unless 0 <= low < high <= 1 and there is a point.
    """
    if not 0 <= low < high <= 1:
        raise ValueError(f"low is {low} and high is {high}; quantiles need 0 <= low < high <= 1. Swap or narrow them.")
    if points.ndim != 2 or len(points) == 0:
        raise ValueError(f"The points have shape {points.shape}; they must be (N, D) with N > 0. Pass encoded images.")
    return np.quantile(points, (low, high), axis=0).T.astype(np.float32)
