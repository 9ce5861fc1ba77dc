"""The relaxing path: right on surfaces whose shortest ways are known, never longer than the simple ways elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.vae_core.latent.curved import decoder_of, onto_sphere
from vae_core.latent import (
    ImageMetric,
    geodesic_through,
    linear_through,
    measure_path,
    relax,
    slerp_through,
)
from vae_core.latent.paths.descent import descend
from vae_core.settings import ModelSettings
from vae_core.vae import build_vae

SPHERE = ImageMetric(decoder_of(onto_sphere, 2))
PAIRS = [
    ((2.0, 0.4), (-0.3, 2.2)),
    ((1.5, 0.0), (-0.5, 1.2)),
    ((-1.1, 2.4), (0.3, -1.6)),
    ((2.4, 0.3), (-1.5, -0.6)),
    ((0.8, 0.8), (-0.8, 0.8)),
    ((2.0, 1.0), (2.0, -1.5)),
]


def great_circle(start: tuple[float, float], end: tuple[float, float]) -> float:
    ends = onto_sphere(torch.tensor([start, end], dtype=torch.float64))
    return float(torch.atan2(torch.linalg.vector_norm(torch.linalg.cross(*ends)), ends[0] @ ends[1]))


def image_length(path) -> float:
    return measure_path(path, SPHERE).image_length


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_on_the_sphere_it_is_a_great_circle(start: tuple[float, float], end: tuple[float, float]) -> None:
    keys = np.array([start, end], np.float32)
    truth = great_circle(start, end)
    path = geodesic_through(keys, SPHERE, 64)
    assert image_length(path) == pytest.approx(truth, rel=0.01)
    assert measure_path(path, SPHERE).evenness > 0.99
    # all points lie in the plane of the great circle
    ends = onto_sphere(torch.tensor([start, end], dtype=torch.float64))
    normal = torch.linalg.cross(*ends)
    pictures = onto_sphere(torch.from_numpy(path.latents).double())
    assert float((pictures @ (normal / normal.norm())).abs().max()) < 0.02


def test_straight_and_slerp_are_at_least_a_tenth_longer_for_some_of_these_pairs() -> None:
    """So that the test above cannot be passed by a path that never relaxes."""
    longer = [image_length(linear_through(np.array(pair), 513)) / great_circle(*pair) for pair in PAIRS]
    round_the_circle = [image_length(slerp_through(np.array(pair), 513)) / great_circle(*pair) for pair in PAIRS]
    assert sum(each >= 1.1 for each in longer) >= 4
    assert sum(min(both) >= 1.1 for both in zip(longer, round_the_circle, strict=True)) >= 2


def test_a_flat_decoder_leaves_the_straight_way() -> None:
    stretch = torch.tensor([[3.0, 1.0], [0.0, 0.5]])
    metric = ImageMetric(decoder_of(lambda latents: latents @ stretch, 2))
    keys = np.array([[0, 0], [2, 1]], np.float32)
    np.testing.assert_allclose(geodesic_through(keys, metric).latents, linear_through(keys, 32).latents, atol=2e-3)


def test_it_is_shown_as_it_relaxes_and_keys_stay_throughout() -> None:
    keys = np.array([PAIRS[0][0], PAIRS[0][1], (0.0, -1.0)], np.float32)
    seen = list(relax(keys, SPHERE, 41))
    assert len(seen) >= 5
    for each in seen:
        assert each.path.latents.shape == (41, 2)
        assert each.path.latents[each.path.keys].tobytes() == keys.tobytes()
    shares = [each.share for each in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    lengths = [image_length(each.path) for each in seen]
    assert lengths[-1] < 0.95 * lengths[0]
    assert seen[-1].image_length == pytest.approx(lengths[-1], rel=0.01)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli", "discretised-logistic"])
@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_never_longer_than_straight_or_slerp(network: str, likelihood: str) -> None:
    """Random networks with weights ten times too large: as rough as a decoder gets."""
    settings = ModelSettings(
        network=network, image_shape=(1, 8, 8), latent_dim=3, hidden=(8,), likelihood=likelihood, activation="tanh"
    )
    vae = build_vae(settings, 0)
    with torch.no_grad():
        for weights in vae.decoder.parameters():
            weights *= 5
    metric = ImageMetric(vae)
    for seed in range(4):
        keys = np.random.default_rng(seed).standard_normal((2, 3)).astype(np.float32)
        shortest = min(measure_path(way(keys, 513), metric).image_length for way in (linear_through, slerp_through))
        assert measure_path(geodesic_through(keys, metric), metric).image_length <= 1.005 * shortest


@pytest.mark.parametrize("steps", [2, 3, 17])
def test_any_number_of_points_ends_at_the_keys(steps: int) -> None:
    keys = np.array([[0.0, -1e-30], [3.0, 0.1]], np.float32)
    path = geodesic_through(keys, SPHERE, steps)
    assert len(path.latents) == steps
    assert path.latents[[0, -1]].tobytes() == keys.tobytes()


def test_the_same_key_twice_stands_still_and_a_decoder_without_change_stays_straight() -> None:
    keys = np.array([[1.0, 2.0], [1.0, 2.0]], np.float32)
    assert geodesic_through(keys, SPHERE, 9).latents.tobytes() == np.repeat(keys[:1], 9, axis=0).tobytes()
    black = ImageMetric(decoder_of(lambda latents: 0 * latents, 2))
    keys = np.array([[0.0, 0.0], [4.0, 0.0]], np.float32)
    np.testing.assert_allclose(geodesic_through(keys, black, 5).latents, linear_through(keys, 5).latents, atol=1e-6)


def test_a_spread_that_grows_keeps_the_path_out_of_where_it_is_large() -> None:
    """A flat picture with σ = exp(−‖z‖²) at the middle of the way: with the σ term the path goes round it."""

    class WithSpread(torch.nn.Module):
        has_spread = True
        mean = staticmethod(lambda output: output)

        def spread(self, output: torch.Tensor) -> torch.Tensor:
            return 6 * (-output.square().sum(dim=-1, keepdim=True)).exp()

    keys = np.array([[-2.0, 0.1], [2.0, 0.1]], np.float32)
    vae = decoder_of(lambda latents: latents, 2)
    plain = geodesic_through(keys, ImageMetric(vae))
    vae.likelihood = WithSpread()
    aware = geodesic_through(keys, ImageMetric(vae))
    assert np.linalg.norm(plain.latents, axis=1).min() < 0.2
    assert np.linalg.norm(aware.latents, axis=1).min() > 1


def test_refusals_are_those_of_every_path() -> None:
    with pytest.raises(ValueError, match="There are 1 key images"):
        geodesic_through(np.zeros((1, 2)), SPHERE)
    with pytest.raises(ValueError, match="steps is 2; a path through 3 keys"):
        geodesic_through(np.zeros((3, 2)), SPHERE, 2)


def test_the_descent_finds_the_bottom_of_a_valley() -> None:
    """Rosenbrock's function in 6 dimensions, whose lowest place is all ones; each place lower than the last."""

    def values(place: np.ndarray) -> tuple[float, np.ndarray]:
        along, across = 1 - place[:-1], place[1:] - place[:-1] ** 2
        gradient = np.zeros_like(place)
        gradient[:-1] = -2 * along - 400 * across * place[:-1]
        gradient[1:] += 200 * across
        return float((100 * across**2 + along**2).sum()), gradient

    found = list(descend(values, np.zeros(6), 1e-3))
    heights = [value for _, value in found]
    assert heights == sorted(heights, reverse=True)
    assert len(found) < 200
    np.testing.assert_allclose(found[-1][0], 1, atol=1e-5)
