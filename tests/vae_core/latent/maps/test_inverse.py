"""The way back from a map of neighbours: between its supporters, honest in empty space."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent.maps import WIDTHS, MapError, MapInverse, fit_map, place_on_map


def sheet() -> tuple[np.ndarray, np.ndarray]:
    """A flat sheet in five dimensions with noise across it, and its map without: points (N, 2), means (N, 5)."""
    generator = np.random.default_rng(0)
    points = generator.uniform(0, 1, (4000, 2)).astype(np.float32)
    across = 0.05 * generator.standard_normal((4000, 3))
    return points, np.concatenate([points, across], axis=1).astype(np.float32)


def distance(picked: np.ndarray, true: np.ndarray) -> float:
    return float(np.linalg.norm(picked - true, axis=1).mean())


@pytest.mark.parametrize("width", WIDTHS.values())
def test_it_is_nearer_to_held_out_latents_than_the_nearest_point_is(width: float) -> None:
    points, means = sheet()
    inverse = MapInverse(points[:3000], means[:3000], width)
    picked = inverse.latent_at(points[3000:])
    ours, single = (distance(each, means[3000:]) for each in (picked.latents, means[picked.rows[:, 0]]))
    assert ours < 0.85 * single


def steep(count: int) -> tuple[np.ndarray, np.ndarray]:
    """As t-SNE maps: each dot farther away on the map is farther in the latent space. Points (N, 2), means (N, 8)."""
    generator = np.random.default_rng(0)
    points = generator.uniform(0, 1, (count, 2)).astype(np.float32)
    return points, np.sin(points @ (40 * generator.standard_normal((2, 8)))).astype(np.float32)


def test_where_each_further_dot_is_farther_only_the_width_of_tsne_beats_the_nearest_point() -> None:
    points, means = steep(4000)
    ratios = {}
    for method, width in WIDTHS.items():
        picked = MapInverse(points[:3000], means[:3000], width).latent_at(points[3000:])
        ours, single = (distance(each, means[3000:]) for each in (picked.latents, means[picked.rows[:, 0]]))
        ratios[method] = ours / single
    assert ratios["tsne"] < 0.95
    assert ratios["umap"] > 1.1


def test_it_is_nearer_than_the_nearest_point_to_images_placed_on_a_tsne_map() -> None:
    generator = np.random.default_rng(0)
    means = np.sin(generator.uniform(-2, 2, (250, 4)) @ generator.standard_normal((4, 16))).astype(np.float32)
    fitted = fit_map(means[50:], "tsne", {"perplexity": 10, "seed": 0})
    picked = MapInverse(fitted.points, fitted.means, WIDTHS["tsne"]).latent_at(place_on_map(fitted, means[:50]))
    ours, single = (distance(each, means[:50]) for each in (picked.latents, fitted.means[picked.rows[:, 0]]))
    assert ours < 0.98 * single


@pytest.mark.parametrize("width", WIDTHS.values())
def test_the_latent_does_not_jump_where_a_supporter_changes(width: float) -> None:
    points, means = sheet()
    places = np.stack([np.linspace(0.4, 0.6, 20_001), np.full(20_001, 0.5)], axis=1)
    picked = MapInverse(points, means, width).latent_at(places)
    changes = (picked.rows[1:, -1] != picked.rows[:-1, -1]).sum()
    steps = np.linalg.norm(np.diff(picked.latents, axis=0), axis=1)
    assert changes > 100
    assert steps.max() < 100 * 1e-5


def test_weights_add_up_and_the_nearest_weighs_most() -> None:
    points, means = sheet()
    picked = MapInverse(points, means, 0.5).latent_at(points[:50] + 0.001)
    np.testing.assert_allclose(picked.weights.sum(axis=1), 1, atol=1e-5)
    assert (np.diff(picked.weights) <= 1e-7).all()
    np.testing.assert_allclose(picked.latents, np.einsum("bs,bsd->bd", picked.weights, means[picked.rows]), atol=1e-5)


def test_support_is_full_among_points_and_falls_in_empty_space() -> None:
    points, means = sheet()
    inverse = MapInverse(points, means, 0.5)
    inside = inverse.latent_at(np.float32([[0.5, 0.5], [0.3, 0.6]])).support
    assert (inside > 0.7).all()
    away = inverse.latent_at(np.float32([[1.1, 0.5], [1.5, 0.5], [10, 10]])).support
    assert (np.diff(away) < 0).all()
    assert away[-1] < 0.01


def test_equal_points_and_few_points_have_an_answer() -> None:
    same = MapInverse(np.zeros((40, 2), np.float32), np.ones((40, 3), np.float32), 0.05).latent_at(np.zeros((1, 2)))
    np.testing.assert_allclose(same.latents, 1, atol=1e-6)
    assert same.support == pytest.approx(1)
    one = MapInverse(np.zeros((1, 2), np.float32), np.ones((1, 3), np.float32), 0.05).latent_at(np.ones((1, 2)))
    np.testing.assert_allclose(one.latents, 1, atol=1e-6)


def test_places_that_do_not_fit_are_refused() -> None:
    points, means = sheet()
    with pytest.raises(MapError, match="places have 3 coordinates; this map has 2"):
        MapInverse(points, means, 0.5).latent_at(np.zeros((1, 3)))
    with pytest.raises(MapError, match="4000 points and 5 latents"):
        MapInverse(points, means[:5], 0.5)
