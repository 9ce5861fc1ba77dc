"""How close a reconstruction is to its image, by the measures of image compression. Neither is a likelihood."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST_PSNR = 100.0
WINDOW_SIDE = 11
WINDOW_SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2  # keep the two quotients finite where an image is black or flat


def psnr(images: Tensor, reconstructions: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image, float32 (N,), in dB for pixels in [0, 1]; more is better.

    images, reconstructions: float32 (N, C, H, W). At most 100 dB, which equal images get: no 8-bit image comes
    near it otherwise. Raises ValueError when shapes disagree.
    """
    _check(images, reconstructions)
    error = (images.double() - reconstructions.double()).square().mean(dim=(1, 2, 3))
    return (-10 * error.log10()).clamp(max=LARGEST_PSNR).float()


def ssim(images: Tensor, reconstructions: Tensor) -> Tensor:
    """Structural similarity of each image, float32 (N,) in [−1, 1]; 1 for equal images.

    images, reconstructions: float32 (N, C, H, W) in [0, 1]; channels count alike. Averaged over all places where
    ``ssim_window_side`` fits; population variances. Raises ValueError when shapes disagree.
    Source: Wang, Bovik, Sheikh, Simoncelli 2004, equation 13, with K1 = 0.01 and K2 = 0.03.
    """
    _check(images, reconstructions)
    x, y = images.double().flatten(0, 1)[:, None], reconstructions.double().flatten(0, 1)[:, None]
    window = _window(ssim_window_side(*images.shape[2:]))
    mean_x, mean_y, xx, yy, xy = (_blurred(part, window) for part in (x, y, x * x, y * y, x * y))
    variance_x, variance_y, covariance = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
    structure = (2 * covariance + C2) / (variance_x + variance_y + C2)
    return (luminance * structure).mean(dim=(1, 2, 3)).view(len(images), -1).mean(dim=1).float()


def ssim_window_side(height: int, width: int) -> int:
    """The side of SSIM's Gaussian window (σ = 1.5 pixels): 11, or the largest odd side that fits in the image."""
    smaller = min(height, width)
    return min(WINDOW_SIDE, smaller if smaller % 2 else smaller - 1)


def _window(side: int) -> Tensor:
    places = torch.arange(side, dtype=torch.float64) - side // 2
    weights = (-0.5 * (places / WINDOW_SIGMA).square()).exp()
    return weights / weights.sum()


def _blurred(pixels: Tensor, window: Tensor) -> Tensor:
    return F.conv2d(F.conv2d(pixels, window.view(1, 1, 1, -1)), window.view(1, 1, -1, 1))


def _check(images: Tensor, reconstructions: Tensor) -> None:
    if images.ndim != 4 or images.shape != reconstructions.shape:
        raise ValueError(
            f"The images have shape {tuple(images.shape)} and the reconstructions {tuple(reconstructions.shape)}; both"
            " must be (N, C, H, W). Decode the latents of these images."
        )
