"""What the anomaly scores compare with: the training images in the latent space, and how their strokes run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from vae_core.metrics.complexity import ContextModel, fit_context_model
from vae_core.vae import VAE

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

BATCH = 512
NEIGHBOURS = 5
COMPONENTS = 10
MOST_KNOWN = 25_000  # training latents that neighbours are sought among
MOST_FITTED = 5_000  # images that the mixture and the context model are fitted to
SMALLEST_SPREAD = 1e-3


@dataclass(frozen=True, eq=False)
class AnomalyReference:
    """The training images as the scores need them.

    means: float32 (N, D), their posterior means. spread: float32 (D,), the root mean square posterior spread.
    whitening: float32 (D, D); means @ whitening have unit covariance. mixture: of Gaussians, fitted to the means.
    contexts: how their strokes run. neighbours: how many a distance is averaged over.
    """

    means: np.ndarray
    spread: np.ndarray
    whitening: np.ndarray
    mixture: GaussianMixture
    contexts: ContextModel
    neighbours: int = NEIGHBOURS


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest known points of N points, nearest first: distances float32 (N, K), rows int64 (N, K)."""

    distances: np.ndarray
    rows: np.ndarray


@torch.inference_mode()
def anomaly_reference(
    vae: VAE, images: np.ndarray, seed: int = 0, neighbours: int = NEIGHBOURS, components: int = COMPONENTS
) -> AnomalyReference:
    """The reference of the training images uint8 (N, C, H, W); which of many are looked at is drawn from ``seed``.

    neighbours: how many nearest latents a distance is averaged over. components: of the mixture (fewer when there
    are fewer than ten images for each). Raises ValueError when there are not more images than neighbours, or
    neighbours is below 1.
    """
    if neighbours < 1:
        raise ValueError(f"neighbours is {neighbours}; a distance needs at least 1. Choose 1 or more.")
    if len(images) <= neighbours:
        raise ValueError(
            f"There are {len(images)} training images; {neighbours} neighbours need at least {neighbours + 1}."
            " Give more images, or fewer neighbours."
        )
    drawn = np.random.default_rng(seed).permutation(len(images))[:MOST_KNOWN]
    grey = torch.from_numpy(images[drawn])
    posteriors = [vae.encode(part.float() / 255) for part in grey.split(BATCH)]
    means = torch.cat([posterior.mean for posterior in posteriors]).numpy()
    spread = torch.cat([posterior.variance for posterior in posteriors]).mean(dim=0).sqrt().numpy()
    observed = vae.likelihood.observe(grey[:MOST_FITTED].float() / 255, torch.Generator().manual_seed(seed))
    return AnomalyReference(
        means=means,
        spread=spread,
        whitening=_whitening(means),
        mixture=_mixture(means[:MOST_FITTED], components, seed),
        contexts=fit_context_model(observed.numpy()),
        neighbours=neighbours,
    )


def nearest(known: np.ndarray, points: np.ndarray, neighbours: int = NEIGHBOURS) -> Neighbours:
    """The nearest among known float32 (M, D) of points float32 (N, D), by Euclidean distance.

    Raises ValueError when there are fewer known points than neighbours.
    """
    if len(known) < neighbours:
        raise ValueError(f"There are {len(known)} known points for {neighbours} neighbours. Choose fewer neighbours.")
    found = [
        torch.cdist(part, torch.from_numpy(known)).topk(neighbours, largest=False)
        for part in torch.from_numpy(points).split(BATCH)
    ]
    return Neighbours(torch.cat([f.values for f in found]).numpy(), torch.cat([f.indices for f in found]).numpy())


def neighbour_distance(known: np.ndarray, points: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """The mean Euclidean distance of points float32 (N, D) to their nearest among known (M, D), float32 (N,).

    Raises ValueError as ``nearest``.
    """
    return nearest(known, points, neighbours).distances.mean(axis=1)


@torch.inference_mode()
def neighbour_reconstruction(vae: VAE, known: np.ndarray, near: Neighbours, images: Tensor) -> np.ndarray:
    """−log of the mean of p(x|z) over the nearest known latents, float32 (N,), in nats.

    What an image costs when its own latent is not asked, but those of the training images around it: the aggregated
    posterior's share in −log p(x), up to a constant. known: float32 (M, D); images: what the likelihood observes.
    """
    columns = [
        torch.cat(
            [
                vae.log_likelihood(torch.from_numpy(known[rows]), part)
                for rows, part in zip(_batches(column), images.split(BATCH), strict=True)
            ]
        )
        for column in near.rows.T
    ]
    return -(torch.stack(columns).logsumexp(dim=0) - np.log(len(columns))).numpy()


def _batches(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def _whitening(means: np.ndarray) -> np.ndarray:
    """A matrix (D, D) after which the covariance is the unit matrix; directions without spread count little."""
    covariance = np.atleast_2d(np.cov(means, rowvar=False))
    ridge = SMALLEST_SPREAD**2 * np.eye(len(covariance))
    return np.linalg.cholesky(np.linalg.inv(covariance + ridge)).astype(np.float32)


def _mixture(points: np.ndarray, components: int, seed: int) -> GaussianMixture:
    from sklearn.mixture import GaussianMixture  # takes 2 s, and most who import the metrics need none

    fitting = max(1, min(components, len(points) // 10))
    return GaussianMixture(fitting, random_state=seed, reg_covar=1e-3, max_iter=30, tol=1e-2).fit(points)
