"""The directions that show most of a latent space: principal component analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class PrincipalAxes:
    """The directions in which the latents vary most; a latent's coordinate on axis k is (z − mean) · axes[k].

    mean: float32 (D,). axes: float32 (K, D), orthonormal, the wider first. std: float32 (K,), the spread along each.
    explained: float32 (K,), the share of the total variance along each axis, in [0, 1].
    """

    mean: np.ndarray
    axes: np.ndarray
    std: np.ndarray
    explained: np.ndarray

    def coordinates(self, latents: np.ndarray) -> np.ndarray:
        """Coordinates on the axes, float32 (N, K), of latents float32 (N, D)."""
        return ((latents - self.mean) @ self.axes.T).astype(np.float32)


def principal_axes(means: np.ndarray, most: int = 24) -> PrincipalAxes:
    """The first K = min(most, D) principal axes of posterior means float32 (N, D).

    Each axis points to where its largest component is positive, so that a refit does not flip it.
    Raises ValueError when D < 2 or N < 2. Source: Pearson 1901.
    """
    centre, variances, directions = _principal(means)
    kept = variances[:most].clip(min=0)
    total = variances.clip(min=0).sum()
    explained = kept / total if total > 0 else np.zeros_like(kept)
    return PrincipalAxes(*(part.astype(np.float32) for part in (centre, directions[:most], np.sqrt(kept), explained)))


def _principal(means: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (D,), variances (D,) from the largest, and the directions (D, D) that have them, one a row; float64."""
    if means.ndim != 2 or means.shape[1] < 2 or len(means) < 2:
        raise ValueError(
            f"The means have shape {means.shape}; principal axes need at least 2 images and 2 dimensions."
            " Choose a model with 2 or more latent dimensions."
        )
    points = means.astype(np.float64)
    centre = points.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(points, rowvar=False))
    return centre, variances[::-1], _upright(directions[:, ::-1].T)


def _upright(axes: np.ndarray) -> np.ndarray:
    largest = np.abs(axes).argmax(axis=1)
    return axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
