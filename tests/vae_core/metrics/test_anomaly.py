"""Anomaly scores on cases whose answer is known: planted outliers, blank images, brute force."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.metrics import (
    AnomalyReference,
    AnomalyScores,
    anomaly_auroc,
    anomaly_reference,
    anomaly_scores,
    neighbour_distance,
    neighbour_reconstruction,
    standardised_sum,
)
from vae_core.metrics.anomaly_reference import Neighbours
from vae_core.settings import ModelSettings
from vae_core.vae import VAE


@cache
def model(likelihood: str = "bernoulli") -> VAE:
    return tiny_vae(
        ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood=likelihood, hidden=(16,))
    )


@cache
def reference(likelihood: str = "bernoulli") -> AnomalyReference:
    return anomaly_reference(model(likelihood), digit_images()[0][:200])


def scored(images: np.ndarray, likelihood: str = "bernoulli", **options: int) -> AnomalyScores:
    return anomaly_scores(model(likelihood), reference(likelihood), images, **options)


def test_auroc_where_it_is_known() -> None:
    low, high = np.arange(5, dtype=np.float32), np.arange(5, 8, dtype=np.float32)
    assert anomaly_auroc(low, high) == 1
    assert anomaly_auroc(high, low) == 0
    assert anomaly_auroc(low, low) == 0.5
    assert anomaly_auroc(np.ones(4), np.ones(9)) == 0.5
    assert anomaly_auroc(np.array([1.0, 2.0]), np.array([0.0, 1.5, 2.0, 3.0])) == pytest.approx(4.5 / 8)


def test_auroc_refuses_what_it_cannot_rank() -> None:
    with pytest.raises(ValueError, match=r"0 anomalous scores; the AUROC needs at least 1 of each kind\. Give more"):
        anomaly_auroc(np.ones(2), np.ones(0))
    with pytest.raises(ValueError, match=r"1 normal scores are not finite; all must be\. Choose another score"):
        anomaly_auroc(np.array([np.nan, 1.0]), np.ones(2))


@pytest.mark.parametrize("neighbours", [1, 4])
def test_neighbour_distance_is_that_of_brute_force(neighbours: int) -> None:
    generator = np.random.default_rng(0)
    known, points = (generator.normal(size=(count, 5)).astype(np.float32) for count in (300, 40))
    every = np.sqrt(np.square(points[:, None].astype(np.float64) - known[None]).sum(axis=2))
    wanted = np.sort(every, axis=1)[:, :neighbours].mean(axis=1)
    np.testing.assert_allclose(neighbour_distance(known, points, neighbours), wanted, rtol=1e-4)


def test_a_known_point_is_no_distance_from_itself() -> None:
    known = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    np.testing.assert_allclose(neighbour_distance(known, known[:7], 1), 0, atol=1e-3)


def test_neighbours_need_points() -> None:
    with pytest.raises(ValueError, match=r"3 known points for 4 neighbours\. Choose fewer"):
        neighbour_distance(np.zeros((3, 2), np.float32), np.zeros((1, 2), np.float32), 4)


def test_planted_outliers_are_found() -> None:
    """A picture unlike all others far out in the latent space is the strangest by each distance."""
    images = digit_images()[0][200:240].copy()
    images[7] = 255
    scores = scored(images)
    for name in ("neighbour_distance", "mahalanobis_neighbour_distance", "latent_surprise"):
        assert scores.named()[name].argmax() == 7, name


def test_neighbour_reconstruction_is_that_of_the_neighbours_by_hand() -> None:
    vae, known = model(), reference().means
    images = (torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    near = Neighbours(np.zeros((3, 2), np.float32), np.array([[0, 1], [5, 5], [2, 9]]))
    found = neighbour_reconstruction(vae, known, near, images)
    for row in range(3):
        latents = torch.from_numpy(known[near.rows[row]])
        likelihoods = vae.decode(latents).log_prob(images[row].expand(2, -1, -1, -1)).sum(dim=(1, 2, 3)).double().exp()
        assert found[row] == pytest.approx(-float(likelihoods.mean().log()), rel=1e-5)


def test_noise_among_digits_costs_most() -> None:
    images = digit_images()[0][200:240].copy()
    images[7] = np.random.default_rng(0).integers(0, 2, (1, 8, 8)) * 255
    scores = scored(images)
    assert scores.code_length.argmax() == 7


def test_scores_add_up_and_are_of_the_same_pixels() -> None:
    images = digit_images()[0][200:260]
    scores = scored(images, samples=4)
    np.testing.assert_allclose(scores.negative_elbo, scores.reconstruction + scores.kl, rtol=1e-6)
    np.testing.assert_allclose(scores.negative_elbo_per_ink * scores.ink, scores.negative_elbo, rtol=1e-5)
    np.testing.assert_allclose(scores.reconstruction_per_code_length * scores.code_length, scores.reconstruction,
                               rtol=1e-5)  # fmt: skip
    assert (scores.kl >= 0).all() and (scores.ink == scores.ink.round()).all()
    for values in scores.named().values():
        assert values.shape == (60,) and values.dtype == np.float32 and np.isfinite(values).all()


def test_a_blank_image_has_no_ink_and_keeps_its_whole_cost() -> None:
    scores = scored(np.zeros((1, 1, 8, 8), np.uint8))
    assert scores.ink[0] == 0
    assert scores.reconstruction_per_ink[0] == scores.reconstruction[0]
    assert scores.negative_elbo_per_ink[0] == scores.negative_elbo[0]
    assert np.isfinite(scores.reconstruction_per_code_length[0])


def test_a_density_has_no_ratio() -> None:
    scores = scored(digit_images()[0][:5], "gaussian")
    assert np.isnan(scores.reconstruction_per_ink).all() and np.isnan(scores.reconstruction_per_code_length).all()
    assert np.isfinite(scores.negative_elbo).all() and np.isfinite(scores.neighbour_distance).all()


def test_repeatable_by_seed() -> None:
    images = digit_images()[0][:20]
    first, second, other = (scored(images, seed=seed).negative_elbo for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_global_random_state_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    scored(digit_images()[0][:3])
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_standardised_sum_counts_each_score_alike() -> None:
    normal = np.random.default_rng(0).normal(size=(2, 1000))
    first, second = normal[0] * 3 + 7, normal[1] * 0.01 - 2
    total = standardised_sum((np.array([7.0, 13.0]), np.array([-2.0, -2.02])), (first, second))
    np.testing.assert_allclose(total, [0, 0], atol=0.2)
    alone = standardised_sum((first,), (first,))
    assert alone.mean() == pytest.approx(0, abs=1e-5) and alone.std() == pytest.approx(1, rel=1e-5)


def test_a_constant_score_counts_in_its_own_unit() -> None:
    assert standardised_sum((np.array([5.0, 6.0]),), (np.full(3, 5.0),)).tolist() == [0, 1]


def test_a_standardised_sum_needs_normal_images() -> None:
    with pytest.raises(ValueError, match=r"1 scores and 0 of normal images; give one for each"):
        standardised_sum((np.ones(2),), ())
    with pytest.raises(ValueError, match=r"0 normal images to standardise by; at least 1 is needed\. Give held-out"):
        standardised_sum((np.ones(2),), (np.ones(0),))


def test_a_reference_needs_more_images_than_neighbours() -> None:
    images = digit_images()[0]
    with pytest.raises(ValueError, match=r"5 training images; 5 neighbours need at least 6\. Give more images, or"):
        anomaly_reference(model(), images[:5])
    with pytest.raises(ValueError, match=r"neighbours is 0; a distance needs at least 1\. Choose 1 or more"):
        anomaly_reference(model(), images, neighbours=0)


def test_no_images() -> None:
    with pytest.raises(ValueError, match=r"0 images to score; at least 1 is needed\. Give images"):
        scored(digit_images()[0][:0])
