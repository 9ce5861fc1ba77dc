"""How much of what is encoded lies where the prior draws, and how different draws are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from vae_core.metrics import prior_coverage, prior_radius, variety


@pytest.mark.parametrize("dimensions", [1, 2, 16])
def test_the_ball_holds_that_share_of_draws(dimensions: int) -> None:
    draws = np.random.default_rng(0).normal(size=(20_000, dimensions))
    assert (np.linalg.norm(draws, axis=1) <= prior_radius(dimensions)).mean() == pytest.approx(0.95, abs=0.006)
    assert prior_coverage(draws, 0.8) == pytest.approx(0.8, abs=0.012)


def test_in_two_dimensions_the_radius_has_a_closed_form() -> None:
    assert prior_radius(2, 0.95) == pytest.approx(math.sqrt(-2 * math.log(0.05)))


@pytest.mark.parametrize("dimensions", [1, 3, 64, 512])
def test_it_is_scipys_quantile(dimensions: int) -> None:
    assert prior_radius(dimensions, 0.9) == pytest.approx(math.sqrt(chi2.ppf(0.9, dimensions)))


def test_codes_that_lie_far_out_are_not_covered() -> None:
    codes = np.array([[0.0, 0.0], [2.4, 0.0], [2.5, 0.0], [0.0, -30.0]])  # the radius is 2.448
    assert prior_coverage(codes) == 0.5


def test_variety_is_the_ratio_of_the_variances() -> None:
    images = np.random.default_rng(1).random((50, 1, 3, 3))
    assert variety(images, images) == pytest.approx(1)
    assert variety(0.5 * images, images) == pytest.approx(0.25)
    assert variety(np.repeat(images[:1], 4, axis=0), images) == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_measured_is_said() -> None:
    with pytest.raises(ValueError, match=r"share is 1\.0"):
        prior_radius(2, 1.0)
    with pytest.raises(ValueError, match=r"\(0, 2\)"):
        prior_coverage(np.empty((0, 2)))
    with pytest.raises(ValueError, match="All images are alike"):
        variety(np.zeros((2, 4)), np.ones((3, 4)))
    with pytest.raises(ValueError, match="at least two of each"):
        variety(np.zeros((1, 4)), np.ones((3, 4)))
