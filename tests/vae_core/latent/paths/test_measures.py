"""What is said of a path, on paths and decoders whose figures are known; and points set anew by the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.vae_core.latent.curved import decoder_of, onto_sphere
from vae_core.latent import (
    AggregatedPosterior,
    ImageMetric,
    KeyedPath,
    evened,
    linear_through,
    measure_path,
    slerp_through,
)
from vae_core.latent.paths.even import shared_out
from vae_core.latent.paths.measures import evenness
from vae_core.settings import ModelSettings
from vae_core.vae import build_vae

SPHERE = ImageMetric(decoder_of(onto_sphere, 2))
TWICE = ImageMetric(decoder_of(lambda latents: 2 * latents, 2))
CUBIC = ImageMetric(decoder_of(lambda latents: latents**3, 1))


def test_lengths_of_a_straight_way_through_a_decoder_that_doubles() -> None:
    measured = measure_path(linear_through(np.array([[0, 0], [3, 4], [3, 0]]), 9), TWICE)
    assert measured.latent_length == pytest.approx(9)
    assert measured.image_length == pytest.approx(18, rel=1e-4)
    assert measured.lowest_log_density is None


def test_a_way_round_the_equator_is_as_long_as_its_arc() -> None:
    """Latents of length 1 are the equator: the picture of a quarter of that circle is a quarter of a great circle."""
    path = slerp_through(np.array([[1, 0], [0, 1]]), 400)
    assert measure_path(path, SPHERE).image_length == pytest.approx(np.pi / 2, rel=1e-4)
    assert measure_path(path, SPHERE).evenness == pytest.approx(1, abs=1e-4)


def test_evenness_knows_its_ends() -> None:
    assert evenness(np.ones(7)) == pytest.approx(1)
    assert evenness(np.array([0, 0, 5.0, 0])) == pytest.approx(1 / 4)
    assert evenness(np.zeros(4)) == 1


def test_the_lowest_density_is_where_the_data_is_far() -> None:
    rows = np.array([[-3, 0], [3, 0]], np.float64)
    posterior = AggregatedPosterior(rows, np.ones_like(rows))
    measured = measure_path(linear_through(rows, 31), TWICE, posterior.log_prob)
    assert measured.lowest_at == pytest.approx(0.5, abs=0.002)
    assert measured.lowest_log_density == pytest.approx(-np.log(2 * np.pi) - 4.5, abs=1e-3)


def test_points_are_set_so_that_the_picture_changes_evenly_and_keys_stay() -> None:
    keys = np.array([[0.0], [1.0], [3.0]], np.float32)
    uneven = linear_through(keys, 41)
    even = evened(uneven, CUBIC)
    assert even.latents.shape == uneven.latents.shape
    assert even.latents[even.keys].tobytes() == keys.tobytes()
    assert evenness(CUBIC.steps(uneven.latents)) < 0.6
    assert evenness(CUBIC.steps(even.latents)) > 0.98
    assert even.keys[1] == 2  # the way to 1 is a 27th of the whole


def test_points_without_any_change_are_even_in_the_latents() -> None:
    black = ImageMetric(decoder_of(lambda latents: 0 * latents, 2))
    path = linear_through(np.array([[0, 0], [4, 0]]), 5)
    np.testing.assert_allclose(evened(path, black).latents, path.latents, atol=1e-6)


def test_every_segment_has_its_two_ends_however_short_it_is() -> None:
    assert shared_out(np.array([0.0, 1.0, 0.0]), 5).tolist() == [1, 3, 1]
    assert shared_out(np.zeros(3), 7).sum() == 7
    with pytest.raises(ValueError, match=r"steps is 2; a path through 3 keys has 3 points or more"):
        evened(linear_through(np.array([[0.0], [1.0], [3.0]]), 9), CUBIC, 2)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli", "discretised-logistic", "categorical"])
@pytest.mark.parametrize("classes", [0, 3])
def test_jacobian_is_the_slope_of_the_picture(likelihood: str, classes: int) -> None:
    shape = ModelSettings(
        network="mlp",
        image_shape=(1, 8, 8),
        latent_dim=3,
        hidden=(8,),
        likelihood=likelihood,
        classes=classes,
        activation="tanh",
        levels=4 if likelihood == "categorical" else 256,
    )
    metric = ImageMetric(build_vae(shape, 0).double(), label=1 if classes else None)
    assert metric.has_sigma == (likelihood in ("discretised-logistic", "categorical"))
    at = torch.randn(2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = metric.jacobian(at)
    assert found.shape == (2, 3, 128 if metric.has_sigma else 64)
    for dimension in range(3):
        move = torch.zeros(3, dtype=torch.float64)
        move[dimension] = 1e-5
        slope = (metric.features(at + move) - metric.features(at - move)) / 2e-5
        torch.testing.assert_close(found[:, dimension], slope, rtol=1e-4, atol=1e-7)


def test_the_metric_says_which_it_is() -> None:
    assert "may cross places that no image is near" in SPHERE.words
    settings = ModelSettings(
        network="mlp", image_shape=(1, 8, 8), latent_dim=2, hidden=(4,), likelihood="discretised-logistic"
    )
    assert "σ" in ImageMetric(build_vae(settings, 0)).words


def test_distances_are_the_same_in_one_batch_and_in_many() -> None:
    latents = np.random.default_rng(0).standard_normal((300, 2)).astype(np.float32)
    whole = np.linalg.norm(np.diff(onto_sphere(torch.from_numpy(latents)).numpy(), axis=0), axis=1)
    np.testing.assert_allclose(SPHERE.steps(latents), whole, rtol=1e-5)
    assert KeyedPath(latents, np.array([0, 299])).latents is latents
