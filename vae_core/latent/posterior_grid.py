"""The aggregated posterior of 1 or 2 latent dimensions on a fine grid: its density, its distance from the prior."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

REACH = 6.0  # spreads beyond the outermost mean: what lies farther holds less than 1e-8 of q
FINEST_STEP = 1.25  # of the narrowest posterior: the sum over such a grid is the integral to about 1e-5
FEWEST_STEPS, MOST_STEPS = 128, 640
EMPTY = 1e-12  # a density that adds nothing to the KL


@dataclass(frozen=True, eq=False)
class AggregatedGrid:
    """q(z) on a square grid: ``axis`` float64 (S,), the same for each dimension; ``density`` float64 (S,) or (S, S).

    density[i, j] is q(z_0 = axis[i], z_1 = axis[j]). mass: its sum times the cell, 1 but for the error of the grid.
    kl_to_prior: KL(q(z) ‖ N(0, I)), in nats.
    """

    axis: np.ndarray
    density: np.ndarray
    mass: float
    kl_to_prior: float


def aggregated_grid(mean: np.ndarray, std: np.ndarray) -> AggregatedGrid:
    """q(z) = 1/N Σ_n q(z|x_n) of N posteriors, mean and std (N, D) with D 1 or 2, and its KL to a standard normal.

    The grid reaches as far as q does; its step is 1.25 of the smallest std where 640 steps suffice, else mass says how
    far off it is.
    Raises ValueError when D is larger, shapes disagree or a std is not above 0.
    Source: Hoffman and Johnson 2016 (*ELBO surgery*), the term KL(q(z) ‖ p(z)).
    """
    _check(mean, std)
    mean, std = np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64)
    low, high = float((mean - REACH * std).min()), float((mean + REACH * std).max())
    steps = math.ceil((high - low) / (FINEST_STEP * float(std.min()))) + 1
    axis = np.linspace(low, high, min(max(steps, FEWEST_STEPS), MOST_STEPS))
    density = density_on(axis, mean, std)
    cell = (axis[1] - axis[0]) ** mean.shape[1]
    return AggregatedGrid(axis, density, float(density.sum() * cell), _kl_to_prior(axis, density) * cell)


def density_on(axis: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """q(z) of N posteriors (N, D) on the grid whose sides are all ``axis`` (S,): float64 (S,) for D = 1, (S, S) for 2.

    Each posterior is a product over dimensions, so that the sum over images is one product of matrices.
    """
    factors = [_normal(axis, mean[:, d], std[:, d]) for d in range(mean.shape[1])]
    return factors[0].mean(axis=1) if len(factors) == 1 else factors[0] @ factors[1].T / len(mean)


def _normal(axis: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """N(axis; mean, std), float64 (S, N)."""
    return np.exp(-0.5 * np.square((axis[:, None] - mean) / std)) / (std * math.sqrt(2 * math.pi))


def _kl_to_prior(axis: np.ndarray, density: np.ndarray) -> float:
    """Σ q (log q − log p) over the grid."""
    log_prior = -0.5 * (np.square(axis) + math.log(2 * math.pi))
    held = np.nonzero(density > EMPTY)
    density = density[held]
    return float((density * (np.log(density) - sum(log_prior[places] for places in held))).sum())


def _check(mean: np.ndarray, std: np.ndarray) -> None:
    if np.ndim(mean) != 2 or np.shape(mean) != np.shape(std) or np.shape(mean)[1] not in (1, 2) or np.size(mean) == 0:
        raise ValueError(
            f"mean has shape {np.shape(mean)} and std {np.shape(std)}; a grid takes (N, 1) or (N, 2) with N > 0."
            " Choose a model with 1 or 2 latent dimensions."
        )
    if not (np.isfinite(mean).all() and np.isfinite(std).all() and (np.asarray(std) > 0).all()):
        raise ValueError("A mean or std is not finite, or a std is not above 0. Encode the images again.")
