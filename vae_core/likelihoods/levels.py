"""Grey levels: the values k/(levels − 1) in [0, 1] that a discrete likelihood judges."""

from __future__ import annotations

import torch
from torch import Tensor

CLOSE = 1e-3  # of one level: float32 holds k/255 far better


def nearest_levels(images: Tensor, levels: int) -> Tensor:
    """The nearest of the values k/(levels − 1), float32, same shape."""
    return (images * (levels - 1)).round().clamp(0, levels - 1) / (levels - 1)


def coarser_levels(images: Tensor, levels: int) -> Tensor:
    """Bytes k/255 put into ``levels`` bins of equal width, as values j/(levels − 1), float32, same shape."""
    return ((images * 255).round().clamp(0, 255) * (levels / 256)).floor() / (levels - 1)


def level_numbers(images: Tensor, levels: int) -> Tensor:
    """The numbers k, int64, of values k/(levels − 1)."""
    return (images * (levels - 1)).round().to(torch.int64)


def check_levels(images: Tensor, levels: int, likelihood: str) -> None:
    """Raises ValueError unless every pixel is one of the values k/(levels − 1) in [0, 1]."""
    scaled = images * (levels - 1)
    good = ((scaled - scaled.round()).abs() <= CLOSE) & (images >= 0) & (images <= 1)
    if not bool(good.all()):
        bad = images[~good].flatten()[0].item()
        raise ValueError(
            f"A pixel is {bad:.4g}; the {likelihood} likelihood judges only the {levels} grey levels k/{levels - 1}."
            " Give the images through its observe(), or choose the gaussian or continuous-bernoulli likelihood."
        )
