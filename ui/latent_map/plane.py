"""A flat cut through a latent space: where the points lie on it, and which latent each of its places is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.latent.projection import PlaneProjection


@dataclass(frozen=True)
class Plane:
    """The latent of a place (x, y) is origin + x · axes[0] + y · axes[1].

    id: what tells this plane from others. points: float32 (N, 2). origin: float32 (D,). axes: float32 (2, D).
    titles: the names of the two axes. words: what decoding on the plane means, as a sentence.
    """

    id: str
    points: np.ndarray
    origin: np.ndarray
    axes: np.ndarray
    titles: tuple[str, str]
    words: str


def plane_of_dimensions(means: np.ndarray, x: int, y: int) -> Plane:
    """The plane of two dimensions (from 0) through the mean of the points, float32 (N, D).

    Raises ValueError when the dimensions are the same or not the model's.
    """
    latent_dim = means.shape[1]
    if x == y or not {x, y} <= set(range(latent_dim)):
        raise ValueError(
            f"The dimensions are z{x + 1} and z{y + 1}; a plane needs two different ones of the {latent_dim}."
            " Choose others."
        )
    origin = means.mean(axis=0)
    origin[[x, y]] = 0
    axes = np.eye(latent_dim, dtype=np.float32)[[x, y]]
    titles = (f"z{x + 1}", f"z{y + 1}")
    return Plane(f"{x},{y}", means[:, [x, y]], origin, axes, titles, _words_for_dimensions(titles, latent_dim))


def plane_of_projection(found: PlaneProjection) -> Plane:
    """The plane of a principal component analysis."""
    first, second = found.explained
    words = (
        f"The pointer decodes the plane of the two principal components, which hold {first:.0%} and {second:.0%} of the"
        " variance; a dot is an image's code projected onto it, so the picture under a dot need not be that image."
    )
    return Plane("pca", found.points, found.mean, found.axes, ("PC1", "PC2"), words)


def _words_for_dimensions(titles: tuple[str, str], latent_dim: int) -> str:
    others = latent_dim - 2
    if others == 0:
        return "The plane is this model's whole latent space: the pointer decodes exactly the place it is on."
    rest = "the other dimension" if others == 1 else f"the other {others} dimensions"
    return (
        f"The pointer decodes {titles[0]} and {titles[1]} with {rest} at the mean of the test images; the images"
        " themselves differ there too, so the picture under a dot need not be that image."
    )
