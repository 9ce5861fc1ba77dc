"""The density of encoded images against torch.distributions, its bound, its neighbours, and tiny spreads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core.latent import AggregatedPosterior, aggregated_posterior


def encoded(rows: int, dimensions: int, seed: int = 0, width: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    mean = generator.standard_normal((rows, dimensions)).astype(np.float32)
    return mean, (width * np.exp(generator.standard_normal((rows, dimensions)))).astype(np.float32)


def mixture(mean: np.ndarray, std: np.ndarray) -> MixtureSameFamily:
    parts = Independent(Normal(torch.from_numpy(mean).double(), torch.from_numpy(std).double()), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(mean), dtype=torch.float64)), parts)


@pytest.mark.parametrize(("rows", "dimensions"), [(1, 1), (40, 2), (33, 7), (50, 512)])
def test_log_density_is_that_of_the_mixture(rows: int, dimensions: int) -> None:
    mean, std = encoded(rows, dimensions)
    latents = 2 * np.random.default_rng(1).standard_normal((37, dimensions)).astype(np.float32)
    wanted = mixture(mean, std).log_prob(torch.from_numpy(latents).double()).numpy()
    np.testing.assert_allclose(AggregatedPosterior(mean, std).log_prob(latents), wanted, rtol=1e-9, atol=1e-6)


def test_a_component_left_out_is_no_part_of_it() -> None:
    mean, std = encoded(20, 3)
    found = AggregatedPosterior(mean, std).log_prob(mean, without=np.arange(20))
    for row in range(20):
        others = np.arange(20) != row
        wanted = mixture(mean[others], std[others]).log_prob(torch.from_numpy(mean[row]).double())
        assert found[row] == pytest.approx(float(wanted), abs=1e-6)


@pytest.mark.parametrize("std", [1e-3, np.exp(-7)])
def test_tiny_spreads_and_far_codes_lose_no_digits(std: float) -> None:
    generator = np.random.default_rng(0)
    mean = (10 + 5 * generator.standard_normal((300, 4))).astype(np.float32)
    stds = np.full_like(mean, std)
    latents = np.concatenate([mean[:5], mean[:5] + np.float32(2 * std), np.full((1, 4), -40, np.float32)])
    posterior = AggregatedPosterior(mean, stds)
    wanted = mixture(mean, stds).log_prob(torch.from_numpy(latents).double()).numpy()
    np.testing.assert_allclose(posterior.log_prob(latents), wanted, rtol=1e-9, atol=1e-6)
    distances = posterior.nearest(latents, 1).distances[:, 0]
    exact = np.linalg.norm((latents[:, None].astype(float) - mean.astype(float)) / stds.astype(float), axis=2).min(
        axis=1
    )
    np.testing.assert_allclose(distances, exact, rtol=1e-6, atol=1e-6)
    assert (distances[:5] < 1e-6).all()


def test_it_integrates_to_one() -> None:
    axis = np.linspace(-8, 8, 641)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mean, _ = encoded(6, 2)
    density = AggregatedPosterior(mean, np.full_like(mean, 0.3)).log_prob(plane)
    assert np.exp(density).sum() * 0.025**2 == pytest.approx(1, abs=1e-4)


def test_neighbours_by_brute_force_in_one_measure_for_all() -> None:
    mean, std = encoded(200, 5)
    latents = np.random.default_rng(1).standard_normal((9, 5)).astype(np.float32)
    sigma = np.sqrt(np.square(std.astype(float)).mean(axis=0))
    distances = np.linalg.norm((latents[:, None] - mean) / sigma, axis=2)
    found = AggregatedPosterior(mean, std).nearest(latents, 6)
    np.testing.assert_array_equal(found.rows, np.argsort(distances, axis=1)[:, :6])
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :6], rtol=1e-5)


def test_neighbours_of_a_row_without_itself_and_more_than_there_are() -> None:
    mean, std = encoded(5, 2)
    posterior = AggregatedPosterior(mean, std)
    assert posterior.nearest(mean, 1).rows[:, 0].tolist() == [0, 1, 2, 3, 4]
    without = posterior.nearest(mean, 24, without=np.arange(5)).rows
    assert without.shape == (5, 4) and all(row not in rows for row, rows in enumerate(without))
    assert posterior.nearest(mean, 24).rows.shape == (5, 5)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> AggregatedPosterior:
    """1,500 images of which 12 dimensions carry something and 28 collapsed, too many to read in each frame."""
    monkeypatch.setattr(aggregated_posterior, "FEW_NUMBERS", 30_000)
    mean, std = encoded(1500, 40)
    mean[:, 12:] *= 0.01
    std[:, 12:] = 1
    return AggregatedPosterior(mean, std)


def test_the_nearest_components_bound_the_density_from_below(many: AggregatedPosterior) -> None:
    latents = np.random.default_rng(1).standard_normal((60, 40)).astype(np.float32)
    among = many.near(latents)
    exact, bound = many.log_prob(latents), many.log_prob(latents, among=among)
    assert max(len(rows) for rows in among) < 500
    assert (bound <= exact + 1e-6).all()
    assert np.median(exact - bound) < 1
    assert (many.nearest(latents, 1, among=among).rows == many.nearest(latents, 1).rows).mean() > 0.8


def test_near_leaves_out_what_is_left_out_and_names_enough(many: AggregatedPosterior) -> None:
    latents, without = np.zeros((3, 40), np.float32), np.array([7, 8, 9])
    for row, rows in zip(without, many.near(latents, 700, without), strict=True):
        assert len(set(rows.tolist())) == 700 and row not in rows


def test_few_images_are_never_screened() -> None:
    posterior = AggregatedPosterior(*encoded(50, 3))
    assert posterior.near(np.zeros((1, 3), np.float32)) is None


def test_what_does_not_fit_is_refused() -> None:
    mean, std = encoded(4, 3)
    with pytest.raises(ValueError, match=r"latents have shape \(1, 2\); this density takes \(B, 3\)\. Give latents"):
        AggregatedPosterior(mean, std).log_prob(np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"There is 1 encoded image; leaving it out leaves none\. Encode more"):
        AggregatedPosterior(mean[:1], std[:1]).log_prob(mean[:1], without=np.zeros(1, int))
    with pytest.raises(ValueError, match=r"mean has shape \(4, 3\) and std \(4, 2\); both must be \(N, D\)"):
        AggregatedPosterior(mean, std[:, :2])
    with pytest.raises(ValueError, match=r"NaN or infinite, or a spread is not above 0\. Encode the images again"):
        AggregatedPosterior(mean, std * 0)
