"""Neighbours are exact: the same as by brute force in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core.latent.maps import MapError, Neighbours


def by_force(means: np.ndarray, latent: np.ndarray, count: int) -> np.ndarray:
    distances = np.square(means.astype(np.float64) - latent).sum(axis=1)
    return np.lexsort((np.arange(len(means)), distances))[:count]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9000), st.integers(1, 20), st.integers(1, 40), st.booleans(), st.integers(0, 99))
def test_they_are_those_of_brute_force(count: int, dimensions: int, k: int, equal: bool, seed: int) -> None:
    generator = np.random.default_rng(seed)
    means = generator.standard_normal((count, dimensions)).astype(np.float32)
    means = means.round() if equal else means  # many at the same distance
    latents = np.concatenate([means[:1], generator.standard_normal((2, dimensions)).astype(np.float32)])
    rows, distances = Neighbours(means).nearest(latents, k)
    for index, latent in enumerate(latents):
        wanted = by_force(means, latent, k)
        np.testing.assert_array_equal(rows[index], wanted)
        np.testing.assert_allclose(distances[index], np.linalg.norm(means[wanted] - latent, axis=1), atol=1e-5)


def test_far_from_the_origin_too() -> None:
    means = (1e4 + np.random.default_rng(0).standard_normal((5000, 8))).astype(np.float32)
    rows, _ = Neighbours(means).nearest(means[:3], 10)
    for index in range(3):
        np.testing.assert_array_equal(rows[index], by_force(means, means[index], 10))


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    means = np.random.default_rng(0).standard_normal((3000, 6)).astype(np.float32)
    neighbours = Neighbours(means)
    rows, distances = neighbours.nearest(means[:100], 12)
    alone = [neighbours.nearest(latent[None], 12) for latent in means[:100]]
    np.testing.assert_array_equal(rows, np.concatenate([each[0] for each in alone]))
    np.testing.assert_array_equal(distances, np.concatenate([each[1] for each in alone]))


def test_of_all_has_each_itself_first() -> None:
    means = np.random.default_rng(0).standard_normal((2500, 6)).astype(np.float32)
    shares: list[float] = []
    rows, distances = Neighbours(means).of_all(8, shares.append)
    np.testing.assert_array_equal(rows[:, 0], np.arange(2500))
    np.testing.assert_array_equal(rows[41], by_force(means, means[41], 8))
    assert (np.diff(distances) >= 0).all()
    assert shares[-1] == 1.0


def test_no_more_than_there_are() -> None:
    rows, _ = Neighbours(np.eye(3, dtype=np.float32)).nearest(np.zeros((1, 3)), 10)
    np.testing.assert_array_equal(rows, [[0, 1, 2]])


def test_latents_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(MapError, match="1 of 2 latents hold NaN"):
        Neighbours(np.float32([[0, 1], [np.nan, 2]]))
