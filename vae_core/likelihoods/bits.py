"""Nats per image as bits per dimension, where that is a figure at all."""

from __future__ import annotations

import math

from vae_core.likelihoods.base import Likelihood

GREY_LEVELS = 256


def bits_per_dimension(likelihood: Likelihood, nats: float, image_shape: tuple[int, int, int]) -> float | None:
    """Bits per pixel value of −log p in nats per image of shape (C, H, W); None where there is no such figure.

    Discrete likelihoods: nats / (D log 2) with D = C·H·W. A density on uniformly dequantised pixels bounds a discrete
    likelihood when log 256 per value is added: (nats + D log 256) / (D log 2). Any other density, and what is no
    likelihood, has none. Source: Theis, van den Oord and Bethge 2016, section 3.1.
    """
    values = math.prod(image_shape)
    if likelihood.measure == "discrete":
        return nats / (values * math.log(2))
    if likelihood.measure == "density" and likelihood.dequantise:
        return (nats + values * math.log(GREY_LEVELS)) / (values * math.log(2))
    return None
