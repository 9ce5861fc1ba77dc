"""The directions that change the picture most, from the decoder's Jacobian: no labels needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from vae_core.latent.image_metric import ImageMetric

AT_A_TIME = 32  # latents whose Jacobians are in memory together


@dataclass(frozen=True, eq=False)
class ChangingDirections:
    """Orthonormal directions, the one that changes the picture most first.

    directions: float32 (K, D). change: float32 (K,), how far the picture moves per latent unit, in pixel values
    summed as Euclid does; the root of the mean square over the latents where there are several.
    """

    directions: np.ndarray
    change: np.ndarray


@torch.no_grad()
def jacobian_directions(metric: ImageMetric, latents: np.ndarray, most: int = 24) -> ChangingDirections:
    """The first K = min(most, D) right singular vectors of the decoder's Jacobian at latents float32 (B, D).

    At one latent they are those of that place; at several, those of all Jacobians stacked: the axes of the mean JᵀJ.
    Each points to where its largest component is positive. Raises ValueError for another shape or no latent.
    Source: Ramesh, Choi and LeCun 2018 (*A Spectral Regularizer for Unsupervised Disentanglement*), section 3; Shao et
    al. 2018.
    """
    latents = np.asarray(latents, dtype=np.float32)
    if latents.ndim != 2 or latents.shape[1] != metric.latent_dim or len(latents) == 0:
        raise ValueError(
            f"The latents have shape {latents.shape}; this model takes (B, {metric.latent_dim}) with one row or more."
            " Give latents of this model."
        )
    total = np.zeros((metric.latent_dim, metric.latent_dim))
    for start in range(0, len(latents), AT_A_TIME):
        jacobian = metric.jacobian(torch.from_numpy(latents[start : start + AT_A_TIME]))
        total += torch.einsum("bip,bjp->ij", jacobian, jacobian).double().numpy()
    squares, directions = np.linalg.eigh(total / len(latents))
    change = np.sqrt(squares[::-1].clip(min=0))[:most]
    rows = directions[:, ::-1].T[:most]
    largest = np.abs(rows).argmax(axis=1)
    upright = rows * np.sign(rows[np.arange(len(rows)), largest])[:, None]
    return ChangingDirections(upright.astype(np.float32), change.astype(np.float32))
