"""What one does in a latent space: paths, traversals, grids, ranges, densities and the plane that shows most of it."""

from __future__ import annotations

from vae_core.latent.aggregated_posterior import AggregatedPosterior, Neighbours
from vae_core.latent.density import LatentDensity, fit_density
from vae_core.latent.grids import latent_grid
from vae_core.latent.paths import linear_path, slerp_path
from vae_core.latent.projection import PrincipalAxes, principal_axes
from vae_core.latent.ranges import quantile_ranges
from vae_core.latent.traversal import Traversal, traverse, traverse_loop
from vae_core.latent.usualness import Judgement, Usualness, Verdict, measure_usualness, spread_posterior

__all__ = [
    "AggregatedPosterior",
    "Judgement",
    "LatentDensity",
    "Neighbours",
    "PrincipalAxes",
    "Traversal",
    "Usualness",
    "Verdict",
    "fit_density",
    "latent_grid",
    "linear_path",
    "measure_usualness",
    "principal_axes",
    "quantile_ranges",
    "slerp_path",
    "spread_posterior",
    "traverse",
    "traverse_loop",
]
