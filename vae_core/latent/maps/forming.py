"""The map of a training run as it forms: the same images after each epoch on a plane that does not turn in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import orthogonal_procrustes


@dataclass(frozen=True, eq=False)
class FormedPlane:
    """Images on a plane through the latent space after an epoch.

    points: float32 (m, 2). The latent at a place (x, y) is origin + x · axes[0] + y · axes[1]; origin float32 (D,),
    axes float32 (2, D), orthonormal but for a space of one dimension, whose second axis is 0.
    """

    points: np.ndarray
    origin: np.ndarray
    axes: np.ndarray


def formed_plane(means: np.ndarray, before: FormedPlane | None = None) -> FormedPlane:
    """The plane of posterior means float (m, D), after the plane of the epoch before it, of the same images in order.

    D up to 2: the latent space itself, whose axes stay of themselves. D above 2: the two principal axes of the means,
    turned and mirrored so that the images lie as near as can be to where they lay before; the latent 0 stays at (0, 0)
    and distances on the plane are those in the space. Sources: Pearson 1901; Schönemann 1966, A generalized solution
    of the orthogonal Procrustes problem.
    """
    means = np.asarray(means, dtype=np.float64)
    axes = _axes(means) if before is None or means.shape[1] <= 2 else _turned(_axes(means), means, before)
    centre = means.mean(axis=0) if len(means) else np.zeros(means.shape[1])
    origin = centre - centre @ axes.T @ axes if means.shape[1] > 2 else np.zeros(means.shape[1])
    return FormedPlane(*(part.astype(np.float32) for part in (means @ axes.T, origin, axes)))


def _axes(means: np.ndarray) -> np.ndarray:
    dimensions = means.shape[1]
    if dimensions <= 2 or len(means) < 2:
        return np.eye(2, dimensions)
    spread = np.cov(means, rowvar=False)
    return np.linalg.eigh(spread)[1][:, :-3:-1].T  # eigenvalues rise: the last two


def _turned(axes: np.ndarray, means: np.ndarray, before: FormedPlane) -> np.ndarray:
    points = means @ axes.T
    turn, _ = orthogonal_procrustes(points - points.mean(axis=0), before.points - before.points.mean(axis=0))
    return turn.T @ axes
