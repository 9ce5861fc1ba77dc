"""PSNR and SSIM against their definitions, written out pixel by pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from vae_core.metrics import psnr, ssim, ssim_window_side


def pair(shape: tuple[int, ...], seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(shape, generator=generator)
    return images, (0.7 * images + 0.3 * torch.rand(shape, generator=generator)).clamp(0, 1)


def ssim_of_plane(x: np.ndarray, y: np.ndarray, side: int) -> float:
    """Wang et al. 2004, equation 13, place by place."""
    offsets = np.arange(side) - side // 2
    weights = np.array([[math.exp(-(a * a + b * b) / (2 * 1.5**2)) for a in offsets] for b in offsets])
    weights /= weights.sum()
    values = []
    for top in range(x.shape[0] - side + 1):
        for left in range(x.shape[1] - side + 1):
            a, b = (part[top : top + side, left : left + side].astype(float) for part in (x, y))
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            variance_a, variance_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
            covariance = (weights * (a - mean_a) * (b - mean_b)).sum()
            over = (2 * mean_a * mean_b + 1e-4) * (2 * covariance + 9e-4)
            values.append(over / ((mean_a**2 + mean_b**2 + 1e-4) * (variance_a + variance_b + 9e-4)))
    return float(np.mean(values))


@pytest.mark.parametrize(
    ("shape", "side"), [((2, 1, 28, 28), 11), ((2, 3, 12, 17), 11), ((3, 1, 8, 8), 7), ((1, 3, 9, 32), 9)]
)
def test_ssim_is_its_definition(shape: tuple[int, ...], side: int) -> None:
    images, others = pair(shape)
    assert ssim_window_side(*shape[2:]) == side
    wanted = [
        np.mean([ssim_of_plane(x, y, side) for x, y in zip(*planes, strict=True)])
        for planes in zip(images.numpy(), others.numpy(), strict=True)
    ]
    found = ssim(images, others)
    assert found.shape == (shape[0],)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-6)


def test_ssim_of_equal_and_of_opposite_images() -> None:
    images, _ = pair((3, 1, 16, 16))
    np.testing.assert_allclose(ssim(images, images).numpy(), 1, atol=1e-6)
    assert (ssim(images, 1 - images) < 0).all()
    torch.testing.assert_close(ssim(images, 1 - images), ssim(1 - images, images))


def test_psnr_of_known_errors() -> None:
    """An error of 0.1 everywhere is 20 dB; the same error on a quarter of the pixels 6.02 dB more."""
    images = torch.full((2, 3, 8, 8), 0.5)
    others = images + 0.1
    others[1, :, 4:] = images[1, :, 4:]
    others[1, :, :, 4:] = images[1, :, :, 4:]
    np.testing.assert_allclose(psnr(images, others).numpy(), [20, 20 + 10 * math.log10(4)], atol=1e-4)


def test_psnr_of_equal_images_is_the_stated_largest() -> None:
    images, others = pair((2, 1, 8, 8))
    assert psnr(images, images).tolist() == [100, 100]
    assert (psnr(images, others) < 40).all()


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_shapes_must_agree(measure: object) -> None:
    images, _ = pair((2, 1, 8, 8))
    with pytest.raises(ValueError, match=r"\(2, 1, 8, 8\) and the reconstructions \(1, 1, 8, 8\); both must be"):
        measure(images, images[:1])
