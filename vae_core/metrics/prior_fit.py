"""Whether draws from the prior fall where images are encoded."""

from __future__ import annotations

import numpy as np
import torch

SHARE = 0.95  # of the prior's draws
HALVINGS = 60


def prior_radius(latent_dim: int, share: float = SHARE) -> float:
    """The radius of the ball about 0 that holds ``share`` of the draws from N(0, I) in so many dimensions.

    |z|² follows χ² with latent_dim degrees of freedom, whose distribution function is the regularised lower incomplete
    gamma function P(D/2, r²/2); by halving, as it only rises. Raises ValueError unless share lies between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it must lie between 0 and 1, such as 0.95.")
    half = torch.tensor(latent_dim / 2, dtype=torch.float64)
    low, high = 0.0, latent_dim + 100.0 * (1 + latent_dim**0.5)  # of r²/2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = float(torch.special.gammainc(half, torch.tensor(middle, dtype=torch.float64))) < share
        low, high = (middle, high) if below else (low, middle)
    return (low + high) ** 0.5


def prior_coverage(means: np.ndarray, share: float = SHARE) -> float:
    """The share of N encoded images whose mean lies within that ball; ``share`` itself for means drawn from N(0, I).

    means: float (N, D). Raises ValueError as `prior_radius`, and where there is no image.
    """
    if np.ndim(means) != 2 or np.size(means) == 0:
        raise ValueError(f"means has shape {np.shape(means)}; it must be (N, D) with at least one row.")
    distances = np.sqrt(np.square(means, dtype=np.float64).sum(axis=1))
    return float((distances <= prior_radius(np.shape(means)[1], share)).mean())


def variety(samples: np.ndarray, images: np.ndarray) -> float:
    """How different samples are from each other, beside images: Σ over pixels of their variance, as a ratio.

    samples, images: of the same range, shapes (K, ...) and (N, ...), the rest alike. 1: as different as the images.
    Raises ValueError when shapes disagree, there are fewer than 2 of either, or the images are all alike.
    """
    if samples.shape[1:] != images.shape[1:] or min(len(samples), len(images)) < 2:
        raise ValueError(
            f"There are samples of shape {samples.shape} and images of shape {images.shape}; at least two of each are"
            " needed, of one shape."
        )
    whole = float(np.var(images, axis=0, dtype=np.float64).sum())
    if whole == 0:
        raise ValueError("All images are alike, so that nothing can be compared with them. Take other images.")
    return float(np.var(samples, axis=0, dtype=np.float64).sum()) / whole
