"""What one does in a latent space: paths, directions, traversals, grids, densities, the plane that shows most of it."""

from __future__ import annotations

from vae_core.latent.aggregated_posterior import AggregatedPosterior, NearestImages
from vae_core.latent.density import LatentDensity, fit_density
from vae_core.latent.directions import (
    AttributeDirection,
    ChangingDirections,
    Consistency,
    analogy,
    attribute_direction,
    jacobian_directions,
)
from vae_core.latent.grids import latent_grid
from vae_core.latent.image_metric import ImageMetric
from vae_core.latent.paths import (
    DataGraph,
    KeyedPath,
    PathMeasures,
    Relaxing,
    along_data,
    evened,
    geodesic_through,
    linear_path,
    linear_through,
    measure_path,
    relax,
    slerp_path,
    slerp_through,
    spline_through,
)
from vae_core.latent.posterior_grid import AggregatedGrid, aggregated_grid, density_on
from vae_core.latent.projection import PrincipalAxes, principal_axes
from vae_core.latent.ranges import quantile_ranges
from vae_core.latent.traversal import Traversal, traverse, traverse_loop
from vae_core.latent.usualness import Judgement, Usualness, Verdict, measure_usualness, spread_posterior

__all__ = [
    "AggregatedGrid",
    "AggregatedPosterior",
    "AttributeDirection",
    "ChangingDirections",
    "Consistency",
    "DataGraph",
    "ImageMetric",
    "Judgement",
    "KeyedPath",
    "LatentDensity",
    "NearestImages",
    "PathMeasures",
    "PrincipalAxes",
    "Relaxing",
    "Traversal",
    "Usualness",
    "Verdict",
    "aggregated_grid",
    "along_data",
    "analogy",
    "attribute_direction",
    "density_on",
    "evened",
    "fit_density",
    "geodesic_through",
    "jacobian_directions",
    "latent_grid",
    "linear_path",
    "linear_through",
    "measure_path",
    "measure_usualness",
    "principal_axes",
    "quantile_ranges",
    "relax",
    "slerp_path",
    "slerp_through",
    "spline_through",
    "spread_posterior",
    "traverse",
    "traverse_loop",
]
