"""How far sliders reach: along the dimensions and along the principal axes, by the encodings or by the prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from store import LoadedModel
from store.models import PRIOR_RANGE
from ui.component_files import packed

MOST_AXES = 24
DRAWS = 4096  # of a learned prior, whose quantiles have no closed form
OUTSIDE = 0.00135  # of a normal distribution lies beyond +3 standard deviations


@dataclass(frozen=True, eq=False)
class Axes:
    """The principal axes of a model's encodings and how far sliders along them reach.

    mean: float32 (D,). axes: float32 (K, D), orthonormal. explained: float32 (K,), shares of the variance.
    ranges: float32 (K, 2), of the aggregated posterior; prior_ranges: the same of the prior, or None.
    """

    mean: np.ndarray
    axes: np.ndarray
    explained: np.ndarray
    ranges: np.ndarray
    prior_ranges: np.ndarray | None


def prior_ranges(
    model: LoadedModel, axes: np.ndarray | None = None, mean: np.ndarray | None = None
) -> np.ndarray | None:
    """Where nearly all of the prior lies, float32 (K, 2): ±3 σ of a normal one, the same share of a learned one.

    axes, mean: float32 (K, D) and (D,), the coordinates to give it in; by default the dimensions themselves.
    None for a plain autoencoder, which has no prior.
    """
    settings = model.config.model
    if settings.posterior == "point":
        return None
    count = settings.latent_dim if axes is None else len(axes)
    centre = np.zeros(count, dtype=np.float32) if axes is None else -(axes @ mean)
    if settings.prior == "normal":  # along any unit vector, a standard normal again
        return (centre[:, None] + np.float32([-PRIOR_RANGE, PRIOR_RANGE])).astype(np.float32)
    draws = model.sample_prior(DRAWS, seed=0)
    along = (draws if axes is None else draws @ axes.T) + centre
    return np.quantile(along, (OUTSIDE, 1 - OUTSIDE), axis=0).T.astype(np.float32)


def found_axes(model: LoadedModel) -> Axes | None:
    """The first 24 principal axes of the encoded test images; None below 3 dimensions or 2 images."""
    from vae_core.latent import principal_axes, quantile_ranges  # torch comes with them: not when pages are imported
    from vae_core.latents import aggregated_draws

    if model.latents is None or model.latent_dim < 3 or len(model.latents) < 2:
        return None
    found = principal_axes(model.latents.mean, MOST_AXES)
    ranges = quantile_ranges(found.coordinates(aggregated_draws(model.latents)), 0.005, 0.995)
    return Axes(found.mean, found.axes, found.explained, ranges, prior_ranges(model, found.axes, found.mean))


def reach_data(model: LoadedModel, axes: Axes | None) -> dict[str, Any]:
    """What the component is told: `prior`, `prior_ranges` and `axes`; arrays of axes are packed, float32.

    prior: its kind. prior_ranges: [[low, high], ...], None without a prior, or where `ranges` are the prior's already.
    """
    of_prior = None if model.latents is None else prior_ranges(model)
    return {
        "prior": model.config.model.prior,
        "prior_ranges": None if of_prior is None else plain(of_prior),
        "axes": axes and axes_data(axes),
    }


def axes_data(axes: Axes) -> dict[str, Any]:
    """The axes as the component takes them."""
    return {
        "mean": packed(axes.mean),
        "axes": packed(axes.axes),
        "explained": axes.explained.astype(float).round(4).tolist(),
        "ranges": plain(axes.ranges),
        "prior_ranges": None if axes.prior_ranges is None else plain(axes.prior_ranges),
    }


def plain(ranges: np.ndarray) -> list[list[float]]:
    """Ranges as numbers with four decimals."""
    return ranges.astype(float).round(4).tolist()
