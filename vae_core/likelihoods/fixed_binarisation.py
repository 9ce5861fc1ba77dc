"""Images binarised once and for all: the draw is a function of the image's own bytes and a seed."""

from __future__ import annotations

import torch
from torch import Tensor

FIXED_SEED = 0
# SplitMix64 (Steele, Lea and Flood 2014); written as signed numbers, since torch counts in int64 and wraps around.
GOLDEN = 0x9E3779B97F4A7C15 - 2**64
FIRST_FACTOR = 0xBF58476D1CE4E5B9 - 2**64
SECOND_FACTOR = 0x94D049BB133111EB - 2**64
BITS = 24  # what a float32 holds exactly


def binarise_fixed(images: Tensor, seed: int = FIXED_SEED) -> Tensor:
    """Pixels 0 or 1, float32 (B, C, H, W), each 1 with its grey value in [0, 1] as probability.

    An image gets the same pixels in any batch, order, process and device: its random numbers are hashes of its bytes,
    the seed and the place of the pixel. An image that occurs twice gets the same pixels twice.
    """
    return (fixed_uniforms(images, seed) < images).to(images.dtype)


def fixed_uniforms(images: Tensor, seed: int = FIXED_SEED) -> Tensor:
    """The random numbers of an image's pixels, float32 (B, C, H, W) in [0, 1)."""
    levels = (images.flatten(1) * 255).round_().to(torch.int64)
    places = torch.arange(1, levels.shape[1] + 1, device=images.device) * GOLDEN
    # The sum of hashes, each of one byte at its place, is the same in whatever order it is added up.
    keys = mixed(mixed(levels + places).sum(dim=1) + _signed(seed * GOLDEN))
    hashes = mixed(keys[:, None] + places)
    return (_shifted(hashes, 64 - BITS).to(torch.float32) * 2.0**-BITS).view(images.shape)


def mixed(words: Tensor) -> Tensor:
    """The finaliser of SplitMix64 on words int64 of any shape: each bit of the result depends on each bit given."""
    words = (words ^ _shifted(words, 30)) * FIRST_FACTOR
    words = (words ^ _shifted(words, 27)) * SECOND_FACTOR
    return words ^ _shifted(words, 31)


def _signed(word: int) -> int:
    return (word + 2**63) % 2**64 - 2**63


def _shifted(words: Tensor, places: int) -> Tensor:
    return (words >> places) & ((1 << (64 - places)) - 1)  # torch's own shift repeats the sign
