"""The layout step: the forces of UMAP, what stands stays, and what one edge does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix

from vae_core.latent.maps.umap_descent import LOWEST, Edges, _force_tables, _place_in_table, descend

A, B = 1.577, 0.895


@pytest.mark.parametrize("distance", [0.01, 0.3, 1.0, 4.0, 30.0])
def test_the_tables_hold_umap_s_forces(distance: float) -> None:
    """McInnes, Healy and Melville 2018, the gradients of section 3.2 and appendix C."""
    attract, repel = _force_tables(A, B)
    square = np.float32(distance**2)
    place = _place_in_table(square)
    towards = -2 * A * B * distance ** (2 * (B - 1)) / (1 + A * distance ** (2 * B))
    away = 2 * B / ((0.001 + distance**2) * (1 + A * distance ** (2 * B)))
    assert attract[place] == pytest.approx(towards, rel=0.01)
    assert repel[place] == pytest.approx(away, rel=0.01)


@pytest.mark.parametrize("square", [0.0, LOWEST / 100, 1e30])
def test_points_that_meet_or_are_far_apart_have_a_place_in_the_tables(square: float) -> None:
    attract, repel = _force_tables(A, B)
    assert 0 <= _place_in_table(np.float32(square)) < len(attract) == len(repel)


def test_an_edge_is_taken_as_often_as_its_weight_says() -> None:
    graph = coo_matrix(([1.0, 0.25, 0.001], ([0, 0, 1], [1, 2, 2])), shape=(3, 3))
    edges = Edges.of(graph, epochs=100)
    np.testing.assert_array_equal(edges.tail, [1, 2])
    np.testing.assert_allclose(edges.period, [1, 4])


@pytest.mark.parametrize("components", [2, 3])
def test_an_edge_draws_its_ends_together(components: int) -> None:
    places = 5 * np.random.default_rng(0).standard_normal((200, components)).astype(np.float32)
    places[0], places[199] = -5, 5
    both = coo_matrix(([1.0, 1.0], ([0, 199], [199, 0])), shape=(200, 200))
    descend(places, places, Edges.of(both, 300), (A, B), 300, seed=0)
    assert np.linalg.norm(places[0] - places[199]) < 2


def test_the_points_of_a_finished_map_stand() -> None:
    standing = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    before, new = standing.copy(), np.float32([[5, 5]])
    descend(new, standing, Edges.of(coo_matrix(([1.0], ([0], [3])), shape=(1, 50)), 50), (A, B), 50, seed=0)
    np.testing.assert_array_equal(standing, before)
    assert np.linalg.norm(new[0] - standing[3]) < np.linalg.norm([5, 5] - standing[3])
