"""What there is to say of a path: its length in latents and in pictures, how evenly it changes, where it is bare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core.latent.image_metric import ImageMetric
from vae_core.latent.paths.keyed import KeyedPath

POINTS = 512  # on which lengths are measured


@dataclass(frozen=True)
class PathMeasures:
    """Figures of one path, taken on evenly spaced points of it.

    latent_length: in latent units. image_length: of the pictures, in pixel values (0 to 1) as ``ImageMetric``.
    evenness: 1 where the picture changes as much in every step, 1/n where all change happens in one of n steps; 1
    where nothing changes. lowest_log_density: in nats, None where no density was given. lowest_at: where on the path
    that is, 0 to 1.
    """

    latent_length: float
    image_length: float
    evenness: float
    lowest_log_density: float | None = None
    lowest_at: float | None = None


def measure_path(
    path: KeyedPath,
    metric: ImageMetric,
    log_density: Callable[[np.ndarray], np.ndarray] | None = None,
    points: int = POINTS,
) -> PathMeasures:
    """The figures of a path, on ``points`` or some more that are spread evenly over it, its own points among them.

    log_density: from latents float32 (B, D) to nats (B,), such as ``AggregatedPosterior.log_prob``.
    """
    latents = path.refined(points)
    image_steps = metric.steps(latents)
    lowest, lowest_at = None, None
    if log_density is not None:
        densities = np.asarray(log_density(latents))
        lowest, lowest_at = float(densities.min()), float(densities.argmin() / (len(latents) - 1))
    return PathMeasures(latent_length(path), float(image_steps.sum()), evenness(image_steps), lowest, lowest_at)


def latent_length(path: KeyedPath) -> float:
    """The sum of the distances from point to point, in latent units."""
    return float(np.linalg.norm(np.diff(path.latents.astype(np.float64), axis=0), axis=1).sum())


def evenness(steps: np.ndarray) -> float:
    """(Σ d)² / (n Σ d²) of n steps d (n,): 1 when all are equal, 1/n when all but one are zero; 1 when all are."""
    squares = float(np.square(steps).sum())
    return 1.0 if squares == 0 else float(np.square(steps.sum()) / (len(steps) * squares))
