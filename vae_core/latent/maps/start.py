"""Where the points of a layout begin: on the principal axes of the latents, or where an earlier map had them."""

from __future__ import annotations

import numpy as np

from vae_core.latent.maps.errors import MapError
from vae_core.latent.projection import principal_axes

JITTER = 1e-4  # as a share of the size, so that no two points start in one place


def first_places(
    means: np.ndarray, components: int, seed: int, size: float | None, start: np.ndarray | None = None
) -> np.ndarray:
    """Places float32 (N, K) whose widest axis has the spread `size`, or the one it has, no two of them alike.

    start: float32 (N, K), taken in place of the principal axes. Raises MapError when it has another shape or is not
    finite.
    """
    if start is not None and (start.shape != (len(means), components) or not np.isfinite(start).all()):
        raise MapError(
            f"The start has shape {start.shape}; it must be finite, {(len(means), components)}. Leave it out."
        )
    found = _on_axes(means, components) if start is None else start.astype(np.float64)
    found = found - found.mean(axis=0)
    spread = found.std(axis=0).max()
    size = size or spread or 1.0
    scaled = found * (size / spread) if spread > 0 else found
    noise = np.random.default_rng(seed).standard_normal(scaled.shape)
    return (scaled + JITTER * size * noise).astype(np.float32)


def _on_axes(means: np.ndarray, components: int) -> np.ndarray:
    """float64 (N, K); zero on axes that the latents do not have."""
    found = np.zeros((len(means), components))
    if means.shape[1] == 1:
        found[:, 0] = means[:, 0]
        return found
    axes = principal_axes(means, components)
    found[:, : len(axes.axes)] = axes.coordinates(means)
    return found
