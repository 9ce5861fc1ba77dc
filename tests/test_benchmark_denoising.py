"""The denoising benchmark: filters are tuned on other images, every side is measured on the same noisy ones."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("skimage")

from benchmarks.denoising import best, filtered, fits, level, table, tv_filters, wavelet_filters
from tests.tiny import digit_images, tiny_vae
from vae_core import ModelSettings
from vae_core.repair import Damage, damaged, quality

CLEAN = torch.from_numpy(digit_images((1, 16, 16), 12)[0]).float() / 255


def test_the_best_setting_is_the_best_of_all_and_helps() -> None:
    noisy = damaged(CLEAN, Damage("gaussian", 0.2, 0)).images
    for filters in (tv_filters(), wavelet_filters(0.2)):
        chosen = best(filters, CLEAN, noisy)
        every = {name: quality(CLEAN, filtered(noisy, each)).psnr.mean() for name, each in filters.items()}
        assert every[chosen] == max(every.values()) > quality(CLEAN, noisy).psnr.mean()


def test_every_side_stands_in_the_table_with_the_images_it_was_measured_on() -> None:
    settings = ModelSettings(network="mlp", image_shape=(1, 16, 16), latent_dim=2, likelihood="bernoulli", hidden=(8,))
    rows = level(CLEAN[:4], CLEAN[4:6], 0.4, {"ours": tiny_vae(settings)}, fitted=1)
    assert set(rows) == {"noisy", "total variation", "wavelet"} | {
        f"ours, {way}" for way in ("encode–decode", "posterior average", "latent fit")
    }
    assert rows["noisy"]["images"] == 4 and rows["ours, latent fit"]["images"] == 1
    assert rows["total variation"]["setting"].startswith("weight")
    lines = table({"0.4": rows}).splitlines()
    assert len(lines) == 2 + len(rows) and lines[2].startswith("| noisy |")


def test_a_fit_in_the_benchmark_knows_the_noise() -> None:
    settings = ModelSettings(network="mlp", image_shape=(1, 16, 16), latent_dim=2, likelihood="bernoulli", hidden=(8,))
    vae, noise = tiny_vae(settings), Damage("gaussian", 0.3, 1)
    with torch.no_grad():
        known = vae.decode_mean(torch.tensor([[0.5, -0.8]]))
    made = fits(vae, damaged(known, noise).images, noise)
    assert quality(known, made).psnr[0] > quality(known, damaged(known, noise).images).psnr[0] + 5
