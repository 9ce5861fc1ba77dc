"""Densities on grey values: what they have in common is which pixels they judge."""

from __future__ import annotations

from abc import ABC

import torch
from torch import Tensor

from vae_core.likelihoods.base import Likelihood
from vae_core.noise import RandomSource, uniform
from vae_core.settings import ModelSettings


class DensityLikelihood(Likelihood, ABC):
    """A density over grey values in [0, 1], of the pixels as they are, or dequantised where the settings say so."""

    measure = "density"
    pixels = "grey values in [0, 1]"

    def __init__(self, settings: ModelSettings | None = None) -> None:
        super().__init__(settings)
        if settings is not None and settings.dequantise:
            self.dequantise = True
            self.pixels = "grey values in [0, 1], dequantised by uniform noise of one grey level"

    def observe(self, images: Tensor, source: RandomSource) -> Tensor:
        return dequantised(images, source) if self.dequantise else images

    def check(self, images: Tensor) -> None:
        check_grey(images)


def check_grey(images: Tensor) -> None:
    """Raises ValueError unless all pixels lie in [0, 1]."""
    if images.numel() == 0:
        return
    low, high = torch.aminmax(images)
    if not (low >= 0 and high <= 1):  # so written, NaN is caught too
        bad = images[~((images >= 0) & (images <= 1))].flatten()[0].item()
        raise ValueError(
            f"A pixel is {bad:.4g}; a grey value lies between 0 and 1. Divide bytes by 255, and take out"
            " what is no number."
        )


def dequantised(images: Tensor, source: RandomSource) -> Tensor:
    """(255 x + u) / 256 with u uniform on [0, 1), float32 in [0, 1), of grey levels x = k/255.

    The density p of such pixels bounds the probability of the bytes: log P(x) ≥ E[log p] − log 256 per pixel value.
    Source: Theis, van den Oord and Bethge 2016, *A note on the evaluation of generative models*, section 3.1.
    """
    return (255 * images + uniform(source, tuple(images.shape), images.device)) / 256
