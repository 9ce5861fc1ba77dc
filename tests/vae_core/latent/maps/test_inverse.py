"""The way back from a map of neighbours: between its supporters, honest in empty space."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent.maps import MapError, MapInverse


def sheet() -> tuple[np.ndarray, np.ndarray]:
    """A flat sheet in five dimensions with noise across it, and its map without: points (N, 2), means (N, 5)."""
    generator = np.random.default_rng(0)
    points = generator.uniform(0, 1, (4000, 2)).astype(np.float32)
    across = 0.05 * generator.standard_normal((4000, 3))
    return points, np.concatenate([points, across], axis=1).astype(np.float32)


def test_it_is_nearer_to_held_out_latents_than_the_nearest_point_is() -> None:
    points, means = sheet()
    inverse = MapInverse(points[:3000], means[:3000])
    picked = inverse.latent_at(points[3000:])
    ours = np.linalg.norm(picked.latents - means[3000:], axis=1).mean()
    single = np.linalg.norm(means[picked.rows[:, 0]] - means[3000:], axis=1).mean()
    assert ours < 0.85 * single


def test_weights_add_up_and_the_nearest_weighs_most() -> None:
    points, means = sheet()
    picked = MapInverse(points, means).latent_at(points[:50] + 0.001)
    np.testing.assert_allclose(picked.weights.sum(axis=1), 1, atol=1e-5)
    assert (np.diff(picked.weights) <= 1e-7).all()
    np.testing.assert_allclose(picked.latents, np.einsum("bs,bsd->bd", picked.weights, means[picked.rows]), atol=1e-5)


def test_support_is_full_among_points_and_falls_in_empty_space() -> None:
    points, means = sheet()
    inverse = MapInverse(points, means)
    inside = inverse.latent_at(np.float32([[0.5, 0.5], [0.3, 0.6]])).support
    assert (inside > 0.7).all()
    away = inverse.latent_at(np.float32([[1.1, 0.5], [1.5, 0.5], [10, 10]])).support
    assert (np.diff(away) < 0).all()
    assert away[-1] < 0.01


def test_equal_points_and_few_points_have_an_answer() -> None:
    same = MapInverse(np.zeros((40, 2), np.float32), np.ones((40, 3), np.float32)).latent_at(np.zeros((1, 2)))
    np.testing.assert_allclose(same.latents, 1, atol=1e-6)
    assert same.support == pytest.approx(1)
    one = MapInverse(np.zeros((1, 2), np.float32), np.ones((1, 3), np.float32)).latent_at(np.ones((1, 2)))
    np.testing.assert_allclose(one.latents, 1, atol=1e-6)


def test_places_that_do_not_fit_are_refused() -> None:
    points, means = sheet()
    with pytest.raises(MapError, match="places have 3 coordinates; this map has 2"):
        MapInverse(points, means).latent_at(np.zeros((1, 3)))
    with pytest.raises(MapError, match="4000 points and 5 latents"):
        MapInverse(points, means[:5])
