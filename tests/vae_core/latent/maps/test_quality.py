"""Trustworthiness and continuity against scikit-learn's, and on maps whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from tests.vae_core.latent.maps.known_latents import groups
from vae_core.latent.maps import MapError, MapQuality, map_quality, quality_words


@pytest.mark.parametrize("neighbours", [1, 5, 15])
def test_it_is_what_scikit_learn_computes(neighbours: int) -> None:
    means, _ = groups()
    points = means[:, :2]
    found = map_quality(means, points, neighbours)
    assert found.trustworthiness == pytest.approx(trustworthiness(means, points, n_neighbors=neighbours), abs=1e-9)
    assert found.continuity == pytest.approx(trustworthiness(points, means, n_neighbors=neighbours), abs=1e-9)
    assert (found.neighbours, found.judged_on) == (neighbours, len(means))


def test_a_map_that_moves_nothing_is_perfect() -> None:
    means, _ = groups(dimensions=3)
    assert map_quality(means, 5 * means[:, ::-1] + 2) == MapQuality(1.0, 1.0, 15, 120)


def test_points_by_chance_are_about_half() -> None:
    generator = np.random.default_rng(0)
    found = map_quality(generator.standard_normal((2000, 8)), generator.standard_normal((2000, 2)))
    assert found.trustworthiness == pytest.approx(0.5, abs=0.03)
    assert found.continuity == pytest.approx(0.5, abs=0.03)


def test_a_torn_map_loses_continuity_and_a_folded_one_trust() -> None:
    line = np.linspace(0, 1, 200, dtype=np.float32)[:, None]
    folded = np.abs(line - 0.5)
    assert map_quality(line, folded).trustworthiness < 0.8 < 0.95 < map_quality(line, folded).continuity
    torn = np.where(line < 0.5, line, line + 100) + np.where(np.arange(200)[:, None] % 2, 1000, 0)
    assert map_quality(line, torn.astype(np.float32)).continuity < 0.95


def test_a_sample_of_many_points_is_near_the_whole() -> None:
    means, _ = groups(1500, dimensions=5)
    points = means[:, :2]
    whole, sampled = map_quality(means, points, at_most=1500), map_quality(means, points, at_most=500)
    assert sampled.judged_on == 500
    assert sampled.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.02)
    assert sampled.continuity == pytest.approx(whole.continuity, abs=0.02)


def test_few_points_have_fewer_neighbours() -> None:
    means, _ = groups(5)
    assert map_quality(means, means[:, :2]).neighbours == 2
    with pytest.raises(MapError, match="3 latents and 3 points; a map is judged on 4 or more"):
        map_quality(means[:3], means[:3, :2])


def test_the_words_give_the_figure() -> None:
    assert quality_words(MapQuality(0.94, 0.97, 15, 1000)) == (
        "Neighbours on this map are mostly true neighbours: 0.94. True neighbours mostly stay together: 0.97."
    )
    assert "often not true neighbours: 0.71" in quality_words(MapQuality(0.71, 0.88, 15, 1000))
