"""Maps that are flat cuts through a latent space: two dimensions, or the principal axes. Decoding on them is exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core.latent.projection import principal_axes


@dataclass(frozen=True, eq=False)
class Plane:
    """The latent of a place p is origin + p @ axes.

    points: float32 (N, K), K 2 or 3. origin: float32 (D,). axes: float32 (K, D). titles: the names of the K axes.
    words: what decoding on it means, in sentences. explained: float32 (K,), the share of the total variance of each
    principal axis, in [0, 1]; None for a plane of dimensions.
    """

    points: np.ndarray
    origin: np.ndarray
    axes: np.ndarray
    titles: tuple[str, ...]
    words: str
    explained: np.ndarray | None = None

    def places(self, latents: np.ndarray) -> np.ndarray:
        """Where latents float32 (M, D) lie on it: float32 (M, K)."""
        return ((latents - self.origin) @ self.axes.T).astype(np.float32)


def plane(means: np.ndarray, method: str, parameters: Mapping[str, Any]) -> Plane:
    """The plane of a method "dimensions" {x, y} or "pca" {components}, for means float32 (N, D)."""
    if method == "dimensions":
        return _of_dimensions(means, parameters["x"], parameters["y"])
    return _of_axes(means, parameters["components"])


def _of_dimensions(means: np.ndarray, x: int, y: int) -> Plane:
    chosen = [x, y]
    origin = means.mean(axis=0, dtype=np.float64).astype(np.float32)
    origin[chosen] = 0
    axes = np.eye(means.shape[1], dtype=np.float32)[chosen]
    titles = (f"z{x + 1}", f"z{y + 1}")
    return Plane(np.ascontiguousarray(means[:, chosen]), origin, axes, titles, _words(titles, means.shape[1] - 2))


def _words(titles: tuple[str, str], others: int) -> str:
    if others == 0:
        return "The plane is this model's whole latent space: the pointer decodes exactly the place it is on."
    rest = "the other dimension" if others == 1 else f"the other {others} dimensions"
    return (
        f"The pointer decodes {titles[0]} and {titles[1]} with {rest} at the mean of the images; the images themselves"
        " differ there too, so the picture under a dot need not be that image."
    )


def _of_axes(means: np.ndarray, components: int) -> Plane:
    found = principal_axes(means, components)
    shares = [f"{share:.0%}" for share in found.explained]
    held = f"{', '.join(shares[:-1])} and {shares[-1]}"
    words = (
        f"The pointer decodes the space of the {components} principal components, which hold {held} of the variance; a"
        " dot is an image's code projected onto it, so the picture under a dot need not be that image."
    )
    titles = tuple(f"PC{number + 1}" for number in range(components))
    return Plane(found.coordinates(means), found.mean, found.axes, titles, words, found.explained)
