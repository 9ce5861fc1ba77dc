"""What p(x|z) is, and which pixels it may judge."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core.likelihoods import BernoulliLikelihood, GaussianLikelihood, binarise


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_bernoulli_is_a_distribution_over_two_pixels() -> None:
    output = torch.randn(4, 1, 8, 8, generator=generator())
    pixels = BernoulliLikelihood().distribution(output)
    total = pixels.log_prob(torch.zeros(())).exp() + pixels.log_prob(torch.ones(())).exp()
    torch.testing.assert_close(total, torch.ones_like(total))
    torch.testing.assert_close(pixels.mean, output.sigmoid())


def test_gaussian_density_integrates_to_one() -> None:
    likelihood = GaussianLikelihood()
    grid = torch.linspace(-6, 7, 20001)
    density = likelihood.distribution(torch.full((1,), 0.3)).log_prob(grid).exp()
    assert torch.trapezoid(density, grid).item() == pytest.approx(1, abs=1e-4)


@settings(deadline=None)
@given(st.floats(-1e4, 1e4, width=32))
def test_log_sigma_never_falls_below_minus_six(raw: float) -> None:
    likelihood = GaussianLikelihood()
    likelihood.raw_log_sigma.data.fill_(raw)
    assert likelihood.log_sigma.item() >= -6
    assert likelihood.log_sigma.item() >= raw - abs(raw) * 1e-6


def test_log_sigma_is_the_parameter_itself_far_above_the_bound() -> None:
    likelihood = GaussianLikelihood()
    likelihood.raw_log_sigma.data.fill_(1.5)
    assert likelihood.log_sigma.item() == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize("raw", [-14.0, -6.0, 0.0])
def test_the_bound_is_soft_so_sigma_keeps_a_gradient(raw: float) -> None:
    likelihood = GaussianLikelihood()
    likelihood.raw_log_sigma.data.fill_(raw)
    likelihood.log_sigma.backward()
    slope = likelihood.raw_log_sigma.grad.item()
    assert slope == pytest.approx(1 / (1 + math.exp(-(raw + 6))), rel=1e-4)
    assert slope > 0


@pytest.mark.parametrize("likelihood", [BernoulliLikelihood(), GaussianLikelihood()])
def test_mean_lies_between_black_and_white(likelihood: BernoulliLikelihood | GaussianLikelihood) -> None:
    output = torch.tensor([-1e30, -5.0, 0.0, 5.0, 1e30])
    mean = likelihood.mean(output)
    assert ((mean >= 0) & (mean <= 1)).all()
    torch.testing.assert_close(likelihood.distribution(output).mean, mean)


@pytest.mark.parametrize("pixel", [0.5, 1.0001, -1.0, 2.0, math.nan])
def test_bernoulli_refuses_pixels_that_are_not_binary(pixel: float) -> None:
    images = torch.ones(2, 1, 8, 8)
    images[1, 0, 3, 4] = pixel
    with pytest.raises(ValueError, match="judges only 0 and 1") as caught:
        BernoulliLikelihood().check(images)
    assert f"A pixel is {pixel:.4g};" in str(caught.value)
    assert "Binarise the images first" in str(caught.value)
    assert "gaussian" in str(caught.value)


def test_binary_pixels_pass() -> None:
    BernoulliLikelihood().check(torch.tensor([[0.0, 1.0], [1.0, 1.0]]))


def test_gaussian_takes_grey_pixels_as_they_are() -> None:
    grey = torch.rand(3, 1, 8, 8, generator=generator())
    likelihood = GaussianLikelihood()
    likelihood.check(grey)
    assert torch.equal(likelihood.observe(grey, generator()), grey)


def test_binarised_pixels_are_drawn_with_their_grey_value() -> None:
    levels = torch.tensor([0.0, 0.25, 0.5, 0.9, 1.0])
    drawn = binarise(levels.expand(40_000, 5), generator())
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    # five standard errors of the mean of 40,000 coins
    torch.testing.assert_close(drawn.mean(dim=0), levels, atol=5 * 0.5 / 200, rtol=0)


def test_black_and_white_stay_what_they_are() -> None:
    images = torch.tensor([0.0, 1.0]).repeat(100_000)
    assert torch.equal(binarise(images, generator()), images)


def test_binarisation_is_fresh_at_each_call_and_repeatable_by_seed() -> None:
    grey = torch.full((2, 1, 8, 8), 0.5)
    one = generator(3)
    first, second = binarise(grey, one), binarise(grey, one)
    assert not torch.equal(first, second)
    again = generator(3)
    assert torch.equal(binarise(grey, again), first)
    assert torch.equal(binarise(grey, again), second)


def test_binarisation_leaves_the_global_random_state_alone() -> None:
    before = torch.get_rng_state()
    binarise(torch.rand(4, generator=generator()), generator())
    assert torch.equal(torch.get_rng_state(), before)
