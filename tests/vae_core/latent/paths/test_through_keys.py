"""Paths through several keys: every key is a point of the path, bit for bit, and the way between is as named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae_core.latent import KeyedPath, linear_path, linear_through, slerp_path, slerp_through, spline_through

WAYS = [linear_through, slerp_through, spline_through]
every_way = pytest.mark.parametrize("way", WAYS)


@st.composite
def some_keys(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.integers(2, 8)), draw(st.integers(1, 12))
    return draw(arrays(np.float32, shape, elements=st.floats(-64, 64, width=32)))


def random_keys(count: int, dimensions: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)


@settings(deadline=None)
@given(st.sampled_from(WAYS), some_keys(), st.integers(0, 40))
def test_keys_are_points_bit_for_bit(way, keys: np.ndarray, more: int) -> None:
    path = way(keys, len(keys) + more)
    assert path.latents.shape == (len(keys) + more, keys.shape[1])
    assert path.latents.dtype == np.float32
    assert np.isfinite(path.latents).all()
    assert (path.keys[0], path.keys[-1]) == (0, len(path.latents) - 1)
    assert (np.diff(path.keys) >= 1).all()
    assert path.latents[path.keys].tobytes() == keys.tobytes()


@settings(deadline=None)
@given(st.sampled_from(WAYS), some_keys(), st.integers(2, 60))
def test_the_ends_of_places_are_the_ends_bit_for_bit(way, keys: np.ndarray, points: int) -> None:
    path = way(keys, len(keys) + 9)
    found = path.at(np.linspace(0, 1, points))
    assert found[0].tobytes() == keys[0].tobytes()
    assert found[-1].tobytes() == keys[-1].tobytes()


@every_way
def test_places_of_the_points_are_the_points_bit_for_bit(way) -> None:
    path = way(random_keys(4), 33)
    assert path.at(np.arange(33) / 32).tobytes() == path.latents.tobytes()
    np.testing.assert_array_equal(path.at(np.array([-1.0, 2.0])), path.latents[[0, -1]])


@every_way
@pytest.mark.parametrize("at_least", [2, 10, 31, 512])
def test_a_refined_path_has_its_points_bit_for_bit(way, at_least: int) -> None:
    path = way(random_keys(4), 30)
    fine = path.refined(at_least)
    assert at_least <= len(fine) < max(at_least, 30) + 30
    assert (len(fine) - 1) % 29 == 0
    assert fine[:: (len(fine) - 1) // 29].tobytes() == path.latents.tobytes()


def test_between_points_the_way_is_straight() -> None:
    path = KeyedPath(np.array([[0, 0], [2, 0], [2, 4]], np.float32), np.array([0, 2]))
    np.testing.assert_allclose(path.at(np.array([0.25, 0.75, 0.9])), [[1, 0], [2, 2], [2, 3.2]], rtol=1e-6)


@pytest.mark.parametrize(("through", "between"), [(linear_through, linear_path), (slerp_through, slerp_path)])
def test_each_segment_is_the_path_between_its_ends(through, between) -> None:
    keys = random_keys(4)
    path = through(keys, 31)
    assert path.keys.tolist() == [0, 10, 20, 30]
    for segment, start, end in zip(path.segments(), keys[:-1], keys[1:], strict=True):
        np.testing.assert_array_equal(segment, between(start, end, 11))


def test_a_spline_is_straight_through_two_keys_and_through_keys_on_a_line() -> None:
    keys = random_keys(2)
    np.testing.assert_allclose(spline_through(keys, 9).latents, linear_path(*keys, 9), atol=1e-5)
    line = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], np.float32)
    points = spline_through(line, 21).latents
    np.testing.assert_allclose(points[:, 1], 2 * points[:, 0], atol=1e-5)


def test_a_spline_has_no_corner_where_the_straight_ways_have_one() -> None:
    keys = np.array([[0, 0], [1, 1], [2, 0]], np.float32)

    def sharpest_turn(points: np.ndarray) -> float:
        moves = np.diff(points.astype(np.float64), axis=0)
        units = moves / np.linalg.norm(moves, axis=1, keepdims=True)
        return float(np.degrees(np.arccos(np.clip((units[1:] * units[:-1]).sum(axis=1), -1, 1)).max()))

    assert sharpest_turn(linear_through(keys, 101).latents) == pytest.approx(90, abs=0.1)
    assert sharpest_turn(spline_through(keys, 101).latents) < 5


@every_way
def test_the_same_key_everywhere_is_a_path_that_stands_still(way) -> None:
    keys = np.repeat(random_keys(1), 3, axis=0)
    np.testing.assert_allclose(way(keys, 12).latents, np.repeat(keys[:1], 12, axis=0), atol=1e-6)


@every_way
def test_one_key_is_no_path(way) -> None:
    with pytest.raises(ValueError, match=r"There are 1 key images; a path needs 2 or more\. Add another\."):
        way(random_keys(1), 9)


@every_way
def test_fewer_points_than_keys(way) -> None:
    with pytest.raises(ValueError, match=r"steps is 3; a path through 4 keys has 4 points or more\. Choose more\."):
        way(random_keys(4), 3)


@every_way
def test_keys_that_are_not_finite_or_no_keys(way) -> None:
    keys = random_keys(3)
    keys[1, 2] = np.nan
    with pytest.raises(ValueError, match="A key holds NaN or infinity; a path needs finite keys"):
        way(keys, 9)
    with pytest.raises(ValueError, match=r"The keys have shape \(5,\); they must be \(K, D\)"):
        way(np.zeros(5), 9)
