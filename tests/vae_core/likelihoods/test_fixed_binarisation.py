"""Images binarised once and for all: the same in any company, and random in every respect that counts."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from tests.tiny import digit_images
from vae_core.likelihoods import LIKELIHOODS, binarise_fixed
from vae_core.likelihoods.fixed_binarisation import fixed_uniforms, mixed


def digits(count: int = 300) -> torch.Tensor:
    return torch.from_numpy(digit_images(count=count)[0]).float() / 255


def noise_images(count: int, side: int = 16) -> torch.Tensor:
    levels = torch.randint(0, 256, (count, 1, side, side), generator=torch.Generator().manual_seed(0))
    return levels.float() / 255


def test_the_hash_is_splitmix64() -> None:
    """Its first outputs from the seed 0, as published with the algorithm (Vigna's reference code)."""
    golden = 0x9E3779B97F4A7C15 - 2**64
    found = mixed(torch.tensor([golden, 2 * golden + 2**64]))
    assert [value % 2**64 for value in found.tolist()] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_the_same_in_any_batch_and_order() -> None:
    images = digits()
    whole = binarise_fixed(images)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))
    assert torch.equal(binarise_fixed(images[order]), whole[order])
    assert torch.equal(torch.cat([binarise_fixed(part) for part in images.split(7)]), whole)
    assert torch.equal(binarise_fixed(images), whole)


@pytest.mark.usefixtures("warm_processes")
def test_the_same_in_another_process() -> None:
    script = (
        "from tests.tiny import digit_images; import torch; from vae_core.likelihoods import binarise_fixed;"
        "print(binarise_fixed(torch.from_numpy(digit_images(count=20)[0]).float() / 255).flatten().int().tolist())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(binarise_fixed(digits(20)).flatten().int().tolist())


def test_the_likelihood_observes_them_whatever_the_generator() -> None:
    likelihood, images = LIKELIHOODS["bernoulli-fixed"](), digits(20)
    one, other = (likelihood.observe(images, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert torch.equal(one, other) and torch.equal(one, binarise_fixed(images))
    likelihood.check(one)
    assert "once and for all" in likelihood.pixels and "seed 0" in likelihood.pixels


def test_another_seed_draws_other_pixels() -> None:
    images = digits(50)
    assert (binarise_fixed(images, 1) != binarise_fixed(images, 2)).float().mean() > 0.05


def test_black_and_white_stay_what_they_are() -> None:
    images = torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)])
    assert torch.equal(binarise_fixed(images), images)


def test_the_numbers_are_uniform() -> None:
    numbers = fixed_uniforms(noise_images(400)).flatten()
    assert numbers.min() >= 0 and numbers.max() < 1
    counts = torch.histc(numbers, 64, 0, 1)
    expected = len(numbers) / 64
    chi_square = ((counts - expected) ** 2 / expected).sum().item()
    assert chi_square < 63 + 5 * np.sqrt(2 * 63)


@pytest.mark.parametrize("axis", [0, 1])
def test_images_and_places_are_independent(axis: int) -> None:
    """Correlations between rows (images), or between columns (places), are those of independent numbers."""
    numbers = fixed_uniforms(noise_images(256)).flatten(1)
    correlations = torch.corrcoef(numbers if axis == 0 else numbers.T)
    off_diagonal = correlations[~torch.eye(len(correlations), dtype=torch.bool)]
    assert off_diagonal.abs().max() < 6 / 16
    assert off_diagonal.square().mean().item() == pytest.approx(1 / 256, rel=0.05)


def test_images_that_differ_in_one_level_get_other_numbers() -> None:
    images = noise_images(1).repeat(257, 1, 1, 1)
    places = torch.arange(256)
    images.view(257, -1)[places + 1, places] = 1 - images.view(257, -1)[places + 1, places]
    numbers = fixed_uniforms(images).flatten(1)
    assert len(numbers[:, 0].unique()) > 250
    assert torch.corrcoef(numbers[:50])[0, 1:].abs().max() < 6 / 16


def test_two_pixels_that_change_places_give_another_image() -> None:
    image = noise_images(1)
    swapped = image.flip(3)
    assert (fixed_uniforms(image) != fixed_uniforms(swapped)).all()


def test_pixels_are_drawn_with_their_grey_value() -> None:
    images = noise_images(3000, side=8)
    drawn = binarise_fixed(images)
    for low in (0.0, 0.25, 0.5, 0.75):
        chosen = (images >= low) & (images <= low + 0.25)
        error = 0.5 / chosen.sum().sqrt().item()
        assert drawn[chosen].mean().item() == pytest.approx(images[chosen].mean().item(), abs=5 * error)


def test_the_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    binarise_fixed(digits(5))
    assert torch.equal(torch.get_rng_state(), before)
