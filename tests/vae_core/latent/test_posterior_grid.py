"""q(z) and its KL on a grid, against closed forms, a sum by hand and draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vae_core.latent import AggregatedPosterior, aggregated_grid
from vae_core.metrics import kl_per_dimension


def random_posteriors(count: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(5)
    return source.normal(size=(count, dimensions)) * 1.3, np.exp(source.normal(-1.5, 0.3, size=(count, dimensions)))


@pytest.mark.parametrize("dimensions", [1, 2])
def test_of_a_single_posterior_it_is_the_kl_in_closed_form(dimensions: int) -> None:
    mean, std = np.full((1, dimensions), 0.7), np.full((1, dimensions), 0.2)
    found = aggregated_grid(mean, std)
    assert found.mass == pytest.approx(1, abs=1e-7)
    assert found.kl_to_prior == pytest.approx(float(kl_per_dimension(mean, std).sum()), abs=1e-5)


def test_a_prior_like_crowd_is_near_the_prior_and_a_far_one_is_not() -> None:
    source = np.random.default_rng(0)
    near = source.normal(size=(3_000, 2)) * math.sqrt(1 - 0.25)
    std = np.full(near.shape, 0.5)  # the mixture is N(0, 1 − 0.25 + 0.25)
    assert 0 <= aggregated_grid(near, std).kl_to_prior < 0.02
    assert aggregated_grid(near + 3, std).kl_to_prior == pytest.approx(9, abs=0.3)  # |shift|² / 2 of both dimensions


def test_the_density_is_that_of_the_mixture() -> None:
    mean, std = random_posteriors(40, 2)
    found = aggregated_grid(mean, std)
    rows = np.random.default_rng(1).integers(0, len(found.axis), size=(30, 2))
    densest = np.argwhere(found.density > 0.01)[::500]
    places = np.concatenate([rows[:2], densest])
    expected = np.exp(AggregatedPosterior(mean, std).log_prob(found.axis[places]))
    assert found.density[tuple(places.T)] == pytest.approx(expected, rel=1e-4, abs=1e-12)


def test_its_kl_agrees_with_draws_from_the_mixture() -> None:
    mean, std = random_posteriors(60, 2)
    source = np.random.default_rng(2)
    rows = source.integers(0, len(mean), 40_000)
    draws = mean[rows] + std[rows] * source.normal(size=(40_000, 2))
    log_prior = -0.5 * np.square(draws).sum(axis=1) - math.log(2 * math.pi)
    terms = AggregatedPosterior(mean, std).log_prob(draws) - log_prior
    error = terms.std() / math.sqrt(len(terms))
    assert aggregated_grid(mean, std).kl_to_prior == pytest.approx(terms.mean(), abs=5 * error)


def test_a_latent_space_of_three_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(4, 3\).*1 or 2 latent dimensions"):
        aggregated_grid(np.zeros((4, 3)), np.ones((4, 3)))
