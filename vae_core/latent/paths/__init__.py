"""Paths through latents: straight, along a great circle, smooth, along the data, shortest; and their figures."""

from __future__ import annotations

from vae_core.latent.paths.data_graph import DataGraph, along_data
from vae_core.latent.paths.even import evened
from vae_core.latent.paths.geodesic import Relaxing, geodesic_through, relax
from vae_core.latent.paths.keyed import KeyedPath, linear_through, slerp_through
from vae_core.latent.paths.measures import PathMeasures, measure_path
from vae_core.latent.paths.spline import spline_through
from vae_core.latent.paths.two_ends import linear_path, slerp_path

__all__ = [
    "DataGraph",
    "KeyedPath",
    "PathMeasures",
    "Relaxing",
    "along_data",
    "evened",
    "geodesic_through",
    "linear_path",
    "linear_through",
    "measure_path",
    "relax",
    "slerp_path",
    "slerp_through",
    "spline_through",
]
