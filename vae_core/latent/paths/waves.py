"""A path as its start plus waves along it, in scales that make its energy easy to lower."""

from __future__ import annotations

from typing import final

import numpy as np
import torch

from vae_core.latent.image_metric import ImageMetric
from vae_core.latent.paths.keyed import KeyedPath

FEWEST_KNOTS = 3
JACOBIANS = 64  # latents times dimensions at which the metric is taken
FLATTEST = 1e-3  # of the largest eigenvalue of the metric of a place


@final
class Waves:
    """Sine waves that vanish at both ends of a path; their heights, float64 (n − 1, D) flattened, move its n chords.

    Wave k is scaled by the stiffness 2 sin(kπ/2n) of n chords, its direction by M^(−1/2), M the metric of the place:
    where the metric hardly changes from where the path started, the energy is a sphere in the heights, and one step
    finds its lowest place.
    """

    def __init__(self, start: KeyedPath, metric: ImageMetric, knots: int) -> None:
        """start: the path without waves, from place 0 to 1. knots: the ends of the chords, at least 3."""
        self.start, self.metric, self.chords = start, metric, max(knots, FEWEST_KNOTS) - 1
        self.length = 0.0
        """Of the pictures of the chords, when ``energy`` was last asked."""
        self._places = np.linspace(0, 1, self.chords + 1)
        self._base = start.at(self._places).astype(np.float64)
        self._shapes = self._waves(self._places[1:-1])
        self._few_places, self._few_scales = _scales_on_the_way(metric, start)
        self._scales = self._scales_at(self._places[1:-1])

    @property
    def at_rest(self) -> np.ndarray:
        """The heights of no wave."""
        return np.zeros((self.chords - 1) * self._base.shape[1])

    @property
    def first_step(self) -> float:
        """The share of the gradient that leads to the lowest place in a metric that does not change."""
        return 0.5 / self.chords

    def latents(self, heights: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Latents float32 (P, D) at places (P,) from 0 to 1; the first and the last are the ends, bit for bit."""
        moves = self._moved(self._waves(places), heights, self._scales_at(places))
        moved = (self.start.at(places) + moves).astype(np.float32)
        moved[0], moved[-1] = self.start.latents[0], self.start.latents[-1]
        return moved

    def energy(self, heights: np.ndarray) -> tuple[float, np.ndarray]:
        """n Σ ‖f(z_{i+1}) − f(z_i)‖² of the n chords, and its gradient by the heights."""
        knots = self._base.copy()
        knots[1:-1] += self._moved(self._shapes, heights, self._scales)
        latents = torch.from_numpy(knots.astype(np.float32)).requires_grad_()
        with torch.enable_grad():
            squares = self.metric.features(latents).diff(dim=0).square().sum(dim=1)
            energy = self.chords * squares.sum()
            (slope,) = torch.autograd.grad(energy, latents)
        self.length = float(squares.detach().sqrt().sum())
        gradient = self._shapes.T @ np.einsum("pde,pe->pd", self._scales, slope[1:-1].double().numpy())
        return float(energy.detach()), gradient.ravel()

    def _moved(self, shapes: np.ndarray, heights: np.ndarray, scales: np.ndarray) -> np.ndarray:
        return np.einsum("pde,pe->pd", scales, shapes @ heights.reshape(self.chords - 1, -1))

    def _scales_at(self, places: np.ndarray) -> np.ndarray:
        """M^(−1/2) at places (P,), float64 (P, D, D): straight between the few at which it was taken."""
        whole = np.interp(places, self._few_places, np.arange(len(self._few_places)))
        before = np.minimum(whole.astype(int), max(len(self._few_places) - 2, 0))
        after = np.minimum(before + 1, len(self._few_places) - 1)
        share = (whole - before)[:, None, None]
        return (1 - share) * self._few_scales[before] + share * self._few_scales[after]

    def _waves(self, places: np.ndarray) -> np.ndarray:
        """Waves of height 1 at places (P,): float64 (P, n − 1)."""
        numbers = np.arange(1, self.chords)
        stiffness = 2 * np.sin(np.pi * numbers / (2 * self.chords))
        return np.sqrt(2 / self.chords) * np.sin(np.pi * np.outer(places, numbers)) / stiffness


def _scales_on_the_way(metric: ImageMetric, start: KeyedPath) -> tuple[np.ndarray, np.ndarray]:
    """A few places (Q,) and M^(−1/2) there, float64 (Q, D, D)."""
    count = max(1, JACOBIANS // metric.latent_dim)
    places = (np.arange(count) + 0.5) / count
    jacobian = metric.jacobian(torch.from_numpy(start.at(places)))
    metrics = torch.einsum("qip,qjp->qij", jacobian, jacobian).double().numpy()
    return places, np.stack([_inverse_root(each) for each in metrics])


def _inverse_root(matrix: np.ndarray) -> np.ndarray:
    sizes, axes = np.linalg.eigh(matrix)
    if sizes[-1] <= 0:
        return np.eye(len(matrix))
    return (axes / np.sqrt(np.maximum(sizes, FLATTEST * sizes[-1]))) @ axes.T
