"""Paths: the ends are exact, the way between is the one that the name says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae_core.latent import linear_path, slerp_path

Path = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
PATHS = st.sampled_from([linear_path, slerp_path])
both_paths = pytest.mark.parametrize("path", [linear_path, slerp_path])


@st.composite
def two_latents(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(st.integers(1, 12))
    values = st.floats(-64, 64, width=32)
    return draw(arrays(np.float32, shape, elements=values)), draw(arrays(np.float32, shape, elements=values))


@settings(deadline=None)
@given(PATHS, two_latents(), st.integers(2, 40))
def test_ends_are_the_inputs_bit_for_bit(path: Path, ends: tuple[np.ndarray, np.ndarray], steps: int) -> None:
    points = path(*ends, steps)
    assert points.shape == (steps, len(ends[0]))
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points[0], ends[0])
    np.testing.assert_array_equal(points[-1], ends[1])


@settings(deadline=None)
@given(PATHS, two_latents(), st.integers(2, 40))
def test_no_point_is_longer_than_the_longer_end(path: Path, ends: tuple[np.ndarray, np.ndarray], steps: int) -> None:
    lengths = np.linalg.norm(path(*ends, steps).astype(np.float64), axis=1)
    assert lengths.max() <= max(np.linalg.norm(end.astype(np.float64)) for end in ends) * (1 + 1e-5) + 1e-40


@settings(deadline=None)
@given(two_latents(), st.integers(2, 40))
def test_linear_steps_are_equal(ends: tuple[np.ndarray, np.ndarray], steps: int) -> None:
    wanted = (ends[1].astype(np.float64) - ends[0]) / (steps - 1)
    moves = np.diff(linear_path(*ends, steps).astype(np.float64), axis=0)
    np.testing.assert_allclose(moves, np.broadcast_to(wanted, moves.shape), atol=1e-4)


def directions(seed: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.standard_normal((2, dimensions)).astype(np.float32)


def angles_between_steps(points: np.ndarray) -> np.ndarray:
    units = points.astype(np.float64) / np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    return np.arctan2(np.linalg.norm(units[1:] - units[:-1], axis=1) / 2, 1) * 2


@pytest.mark.parametrize("dimensions", [2, 3, 16])
@pytest.mark.parametrize("seed", range(5))
def test_slerp_turns_evenly_and_changes_length_evenly(seed: int, dimensions: int) -> None:
    start, end = directions(seed, dimensions)
    points = slerp_path(start, 3 * end, 11)
    angles = angles_between_steps(points)
    np.testing.assert_allclose(angles, angles[0], rtol=1e-4)
    wanted = np.linspace(np.linalg.norm(start), 3 * np.linalg.norm(end), 11)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), wanted, rtol=1e-5)


def test_slerp_keeps_the_length_of_equally_long_ends() -> None:
    points = slerp_path(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 3)
    np.testing.assert_allclose(points[1], [np.sqrt(2), np.sqrt(2)], rtol=1e-6)


def test_slerp_is_not_linear() -> None:
    start, end = directions(0, 8)
    assert np.abs(slerp_path(start, end, 5)[2] - linear_path(start, end, 5)[2]).max() > 0.1


@pytest.mark.parametrize("seed", range(3))
def test_slerp_there_is_slerp_back(seed: int) -> None:
    start, end = directions(seed, 6)
    np.testing.assert_allclose(slerp_path(start, end, 9), slerp_path(end, start, 9)[::-1], atol=1e-5)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0000002]),
    ],
)
def test_slerp_without_a_turn_is_straight(start: list[float], end: list[float]) -> None:
    ends = np.array(start, np.float32), np.array(end, np.float32)
    np.testing.assert_allclose(slerp_path(*ends, 7), linear_path(*ends, 7), atol=1e-6)


@pytest.mark.parametrize("dimensions", [2, 3, 16])
def test_slerp_between_opposite_ends_goes_round_not_through_zero(dimensions: int) -> None:
    start = directions(1, dimensions)[0]
    points = slerp_path(start, -start, 21)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), np.linalg.norm(start), rtol=1e-5)
    assert abs(points[10] @ start) < 1e-4 * (start @ start)


def test_slerp_on_a_line_is_straight() -> None:
    np.testing.assert_allclose(slerp_path(np.array([-1.0]), np.array([1.0]), 3)[:, 0], [-1, 0, 1])


@both_paths
def test_inputs_are_left_alone(path: Path) -> None:
    start, end = directions(2, 4)
    before = start.copy(), end.copy()
    path(start, end, 5)[:] = 0
    np.testing.assert_array_equal((start, end), before)


@both_paths
@pytest.mark.parametrize("steps", [1, 0, -3])
def test_too_few_steps(path: Path, steps: int) -> None:
    with pytest.raises(ValueError, match=rf"steps is {steps}; a path needs its two ends\. Choose 2 or more\."):
        path(np.zeros(2), np.ones(2), steps)


@both_paths
def test_ends_of_different_models(path: Path) -> None:
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\); both must be \(D,\)\. Take one model's latents"):
        path(np.zeros(2), np.ones(3), 5)


@both_paths
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_ends_that_are_not_finite(path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinity; a path needs finite ends"):
        path(np.zeros(2), np.array([0, value]), 5)
