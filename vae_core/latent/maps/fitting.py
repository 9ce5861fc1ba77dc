"""A map of latents by any method, and the place of a further latent on a finished one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core.latent.maps.errors import MapError, check_means
from vae_core.latent.maps.planes import plane

Report = Callable[[float, str], None]  # share done in 0..1, and what is being done
PLANES = ("dimensions", "pca")
LAYOUTS = ("umap", "tsne")
FEWEST = 10  # images of a layout by neighbours; with fewer every image is a neighbour of every other
SPECKS = 1e-12  # spread of all latents together, as a share of their size, below which they count as one


@dataclass(frozen=True, eq=False)
class FittedMap:
    """A finished map.

    points: float32 (N, K), K 2 or 3. titles: of the K axes. words: what the map shows, in sentences.
    origin float32 (D,), axes float32 (K, D), explained float32 (K,) or None: of a plane, whose place p is the latent
    origin + p @ axes. means: float32 (N, D), the latents of a layout, to which further ones are placed; else None.
    """

    method: str
    parameters: Mapping[str, Any]
    points: np.ndarray
    titles: tuple[str, ...]
    words: str
    origin: np.ndarray | None = None
    axes: np.ndarray | None = None
    explained: np.ndarray | None = None
    means: np.ndarray | None = None

    @property
    def exact(self) -> bool:
        """Whether every place of the map is a latent without approximation."""
        return self.axes is not None


def _unheard(share: float, message: str) -> None: ...


def fit_map(
    means: np.ndarray,
    method: str,
    parameters: Mapping[str, Any],
    report: Report = _unheard,
    start: np.ndarray | None = None,
) -> FittedMap:
    """A map of latents float32 (N, D), the same for the same seed on the same machine.

    method and parameters, all of them given: "dimensions" {x, y}, "pca" {components}, "umap" {components, neighbours,
    min_dist, seed}, "tsne" {perplexity, seed}. start: float32 (N, K), where the points of a layout begin, such as those
    of an earlier map; None for the principal axes. Raises MapError for latents that are not finite, too few or all the
    same, and for an unknown method.
    Source: Pearson 1901; McInnes, Healy and Melville 2018 (*UMAP*); van der Maaten and Hinton 2008 (*t-SNE*).
    """
    means = check_means(means)
    if method in PLANES:
        found = plane(means, method, parameters)
        return FittedMap(
            method, parameters, found.points, found.titles, found.words, found.origin, found.axes, found.explained
        )
    if method not in LAYOUTS:
        raise MapError(f"The method is {method!r}; it must be one of {', '.join(PLANES + LAYOUTS)}.")
    _check_layout(means, method)
    points = _layout(means, method, parameters, report, start)
    return FittedMap(method, parameters, points, _titles(method, points.shape[1]), _words(method), means=means)


def place_on_map(fitted: FittedMap, means: np.ndarray) -> np.ndarray:
    """Where latents float32 (M, D) lie on a finished map: float32 (M, K). What is on the map stays where it is.

    Raises MapError for latents that are not finite or have other dimensions than the map's.
    """
    means = check_means(means)
    dimensions = (fitted.axes if fitted.exact else fitted.means).shape[1]
    if means.shape[1] != dimensions:
        raise MapError(f"The latents have {means.shape[1]} dimensions; this map was made of {dimensions}.")
    if fitted.exact:
        return ((means - fitted.origin) @ fitted.axes.T).astype(np.float32)
    if fitted.method == "umap":
        from vae_core.latent.maps.umap_layout import place_umap as place
    else:
        from vae_core.latent.maps.tsne_layout import place_tsne as place
    return place(fitted.means, fitted.points, fitted.parameters, means)


def _check_layout(means: np.ndarray, method: str) -> None:
    name = NAMES[method]
    if len(means) < FEWEST:
        raise MapError(
            f"There are {len(means)} images to map; {name} needs at least {FEWEST}, since it lays them out by their"
            " neighbours. Choose more images, or PCA."
        )
    if np.ptp(means, axis=0).max() <= SPECKS * max(1.0, float(np.abs(means).max())):
        raise MapError(
            f"All {len(means):,} latents are the same, so there are no neighbours to lay out with {name}. The encoder"
            " gives every image one code; choose another model, or images that differ."
        )


def _layout(
    means: np.ndarray, method: str, parameters: Mapping[str, Any], report: Report, start: np.ndarray | None
) -> np.ndarray:
    # numba, umap and openTSNE take seconds to import: only where a layout is made
    if method == "umap":
        from vae_core.latent.maps.umap_layout import fit_umap as fit
    else:
        from vae_core.latent.maps.tsne_layout import fit_tsne as fit
    return fit(means, parameters, report, start)


NAMES = {"umap": "UMAP", "tsne": "t-SNE"}
ADVICE = "Near means alike; how far two groups lie apart, and how large they are, means little."


def _titles(method: str, components: int) -> tuple[str, ...]:
    return tuple(f"{NAMES[method]} {number + 1}" for number in range(components))


def _words(method: str) -> str:
    kept = "its nearest neighbours in the latent space" if method == "umap" else "all that lies near it"
    return (
        f"{NAMES[method]} puts each image beside {kept}. {ADVICE} The pointer decodes the latents of the nearest dots,"
        " weighted by distance: an approximation."
    )
