"""Ways along the data: over encoded images, round the holes, and from any latent to any other."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent import DataGraph, along_data, linear_through
from vae_core.latent.maps import MapError


def ring(count: int = 400, seed: int = 0) -> np.ndarray:
    """Latents on a circle of radius 2, with a little noise."""
    generator = np.random.default_rng(seed)
    angles = generator.uniform(0, 2 * np.pi, count)
    around = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (around + 0.02 * generator.standard_normal((count, 2))).astype(np.float32)


def test_it_goes_round_a_hole_that_the_straight_way_crosses() -> None:
    graph = DataGraph(ring())
    keys = np.array([[2.1, 0.3], [-2.1, 0.3], [0.1, -2.0]], np.float32)
    path = along_data(keys, graph, 90)
    assert path.latents.shape == (90, 2)
    assert path.latents[path.keys].tobytes() == keys.tobytes()
    assert np.linalg.norm(path.latents, axis=1).min() > 1.7
    assert np.linalg.norm(linear_through(keys, 90).latents, axis=1).min() < 0.5


def test_it_is_the_shortest_way_over_edges() -> None:
    """Images in a row: the way from the first to the last passes all of them, as each knows only the next two."""
    graph = DataGraph(np.arange(6, dtype=np.float32)[:, None], nearest=1)
    assert graph.rows_between(np.array([0.0]), np.array([5.0])).tolist() == [0, 1, 2, 3, 4, 5]
    assert graph.rows_between(np.array([4.1]), np.array([1.9])).tolist() == [4, 3, 2]


def test_points_are_spaced_evenly_within_a_segment() -> None:
    path = along_data(np.array([[2.0, 0.0], [0.0, 2.0]]), DataGraph(ring(2000)), 30)
    lengths = np.linalg.norm(np.diff(path.latents, axis=0), axis=1)
    assert lengths.std() < 0.2 * lengths.mean()


def test_islands_have_bridges() -> None:
    away = [np.zeros(2), np.array([20, 0]), np.array([0, 30])]
    islands = np.concatenate([ring(count) + move for count, move in zip((100, 60, 30), away, strict=True)])
    graph = DataGraph(islands.astype(np.float32), nearest=5)
    rows = graph.rows_between(np.array([20.0, 2.0]), np.array([0.0, 30.0]))
    assert (rows < 100).any()  # the way leads over the mainland
    assert (100 <= rows[0] < 160, rows[-1] >= 160) == (True, True)


def test_near_keys_need_no_image_between_them_and_the_same_key_twice_stands_still() -> None:
    graph = DataGraph(ring())
    here = graph.means[3]
    assert len(graph.rows_between(here, here)) == 0
    path = along_data(np.stack([here, here, graph.means[9]]), graph, 21)
    assert path.latents[:11].tobytes() == np.repeat(here[None], 11, axis=0).tobytes()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_images_are_enough(count: int) -> None:
    graph = DataGraph(ring(count))
    keys = np.array([[9.0, 9.0], [-9.0, -9.0]], np.float32)
    path = along_data(keys, graph, 12)
    assert path.latents[[0, -1]].tobytes() == keys.tobytes()
    assert np.isfinite(path.latents).all()


def test_images_at_the_same_place_are_joined() -> None:
    means = np.repeat(np.array([[0.0, 0.0], [1.0, 0.0]], np.float32), 30, axis=0)
    path = along_data(np.array([[0, 0], [1, 0]]), DataGraph(means), 5)
    np.testing.assert_allclose(path.latents[:, 1], 0, atol=1e-6)


def test_refusals() -> None:
    graph = DataGraph(ring())
    with pytest.raises(ValueError, match=r"The keys have 3 dimensions; the images' latents have 2\."):
        along_data(np.zeros((2, 3)), graph, 9)
    with pytest.raises(ValueError, match="There are 1 key images"):
        along_data(np.zeros((1, 2)), graph, 9)
    with pytest.raises(MapError, match="NaN"):
        DataGraph(np.full((5, 2), np.nan, np.float32))
