"""The order of the images in an epoch, in batches: a function of seed and epoch alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from vae_core.data import ImageSet
from vae_core.likelihoods import Likelihood
from vae_core.noise import RandomSource
from vae_core.training.noise import ORDER, stream_seed

ENOUGH_FOR_A_MEAN = 10_000


def epoch_batches(images: ImageSet, seed: int, epoch: int, batch_size: int, first: int = 0) -> Iterator[np.ndarray]:
    """The training rows of an epoch, each once, int64 (batch_size,), in the last batch fewer; from batch ``first`` on.

    Images in memory are shuffled as a whole. Those in a cache on disk come in windows of blocks: the blocks in random
    order, the rows of each window shuffled, and the next window is read while this one is learned from.
    """
    if images.blocks is None:
        yield from _cut(epoch_order(images.train, seed, epoch).numpy(), batch_size, first)
        return
    generator = np.random.default_rng(stream_seed(seed, ORDER, epoch))
    left, skip = np.empty(0, np.int64), first * batch_size
    for window in images.blocks.windows(generator):
        if skip >= len(window.rows):
            skip -= len(window.rows)
            continue
        with window.at_hand():
            rows, skip = np.concatenate([left, window.rows[skip:]]), 0
            whole = len(rows) - len(rows) % batch_size
            yield from _cut(rows[:whole], batch_size)
        left = rows[whole:]
    if len(left):
        yield left


def _cut(rows: np.ndarray, size: int, first: int = 0) -> Iterator[np.ndarray]:
    for start in range(first * size, len(rows), size):
        yield rows[start : start + size]


def epoch_order(rows: np.ndarray, seed: int, epoch: int) -> Tensor:
    """All rows int64 (n,) in the random order of this epoch."""
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
