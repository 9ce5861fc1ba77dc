"""Batches out of one uint8 tensor that lies in memory whole."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core.likelihoods import Likelihood
from vae_core.noise import RandomSource
from vae_core.training.noise import ORDER, stream_seed

ENOUGH_FOR_A_MEAN = 10_000


def epoch_order(rows: np.ndarray, seed: int, epoch: int) -> Tensor:
    """All rows int64 (n,) in the random order of this epoch: a function of seed and epoch alone."""
    return torch.from_numpy(np.random.default_rng(stream_seed(seed, ORDER, epoch)).permutation(rows))


def mean_image(images: np.ndarray, rows: np.ndarray) -> Tensor:
    """The mean of the first rows' images, at most 10,000, float32 (C, H, W) in [0, 1], of uint8 (N, C, H, W)."""
    chosen = images[rows[:ENOUGH_FOR_A_MEAN]]
    return torch.from_numpy(chosen.mean(axis=0, dtype=np.float64) / 255).float()


def observed(pixels: Tensor, likelihood: Likelihood, source: RandomSource) -> Tensor:
    """What the likelihood takes for data, float32 (B, C, H, W) in [0, 1], from uint8 pixels of the same shape.

    Under Bernoulli each pixel is drawn afresh from `source` at every call.
    """
    return likelihood.observe(pixels.float().div_(255), source)
