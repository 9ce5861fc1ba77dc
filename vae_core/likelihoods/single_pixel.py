"""p(x|z) of a single pixel value, as a list of values with their probabilities or densities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.bernoulli import BinaryLikelihood
from vae_core.likelihoods.categorical import CategoricalLikelihood
from vae_core.likelihoods.gaussian import NormalLikelihood

LEVELS = 256
BEYOND = 0.5  # how far a normal density is followed past black and white, in pixel values


@dataclass(frozen=True, eq=False)
class PixelValues:
    """What one pixel value may be. kind: "mass" (weights are probabilities), "density" (per unit of pixel value) or
    "none" (the model's cost is no likelihood: no weights).

    values, weights: float64 (n,); pixel values run from 0 (black) to 1 (white), a density may reach beyond. mean:
    E[x|z].
    """

    kind: Literal["mass", "density", "none"]
    values: np.ndarray
    weights: np.ndarray
    mean: float


@torch.inference_mode()
def pixel_values(likelihood: Likelihood, output: Tensor, pixel: tuple[int, int, int]) -> PixelValues:
    """p(x|z) of the pixel (channel, row, column), for the decoder's output float32 (1, C · outputs_per_value, H, W).

    Raises IndexError when there is no such pixel.
    """
    channel, row, column = pixel
    channels = likelihood.mean(output).shape[1]
    _check(pixel, (channels, *output.shape[2:]))
    alone = output[:, :, row : row + 1, column : column + 1]  # every likelihood judges each pixel value by itself
    expected = float(likelihood.mean(alone)[0, channel, 0, 0])
    if likelihood.measure == "none":
        return PixelValues("none", np.empty(0), np.empty(0), expected)
    values = _values(likelihood)
    pictures = values[:, None, None, None].expand(-1, channels, 1, 1)
    log_weights = likelihood.distribution(alone.expand(len(values), -1, 1, 1)).log_prob(pictures)[:, channel, 0, 0]
    kind = "mass" if likelihood.measure == "discrete" else "density"
    return PixelValues(kind, values.double().numpy(), log_weights.double().exp().numpy(), expected)


def _values(likelihood: Likelihood) -> Tensor:
    if isinstance(likelihood, BinaryLikelihood):
        return torch.tensor([0.0, 1.0])
    if isinstance(likelihood, CategoricalLikelihood):
        return torch.linspace(0, 1, likelihood.levels)
    if isinstance(likelihood, NormalLikelihood):
        return torch.linspace(-BEYOND, 1 + BEYOND, 2 * LEVELS + 1)
    return torch.linspace(0, 1, LEVELS)


def _check(pixel: tuple[int, int, int], shape: tuple[int, ...]) -> None:
    if not all(0 <= place < size for place, size in zip(pixel, shape, strict=True)):
        raise IndexError(f"The pixel is {pixel}; channel, row and column must lie within {shape}.")
