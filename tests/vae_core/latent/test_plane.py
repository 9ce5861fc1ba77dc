"""Ranges, grids and the principal axes of a latent space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core.latent import latent_grid, principal_axes, quantile_ranges


def cloud(seed: int = 0, count: int = 400) -> np.ndarray:
    """Points whose largest variance lies along (1, 1, 0) / √2, the second along the third axis."""
    generator = np.random.default_rng(seed)
    wide, middle, narrow = generator.standard_normal((3, count)) * [[5], [2], [0.1]]
    columns = [wide / np.sqrt(2) + narrow, wide / np.sqrt(2) - narrow, middle]
    centre = np.array([3, -1, 2])
    return (np.stack(columns, axis=1) + centre).astype(np.float32)


def test_ranges_hold_the_share_they_say() -> None:
    points = np.random.default_rng(0).standard_normal((20_000, 3)).astype(np.float32)
    ranges = quantile_ranges(points, 0.1, 0.9)
    assert ranges.shape == (3, 2)
    assert ranges.dtype == np.float32
    np.testing.assert_allclose(ranges, np.tile([-1.2816, 1.2816], (3, 1)), atol=0.05)


def test_full_ranges_are_the_extremes() -> None:
    points = cloud()
    np.testing.assert_allclose(
        quantile_ranges(points, 0, 1), np.stack([points.min(0), points.max(0)], axis=1), rtol=1e-6
    )


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.1), (0.5, 0.5), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_bad_quantiles(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=rf"low is {low} and high is {high}; quantiles need 0 <= low < high <= 1"):
        quantile_ranges(cloud(), low, high)


def test_ranges_of_no_points() -> None:
    with pytest.raises(ValueError, match=r"shape \(0, 3\); they must be \(N, D\) with N > 0"):
        quantile_ranges(np.zeros((0, 3), np.float32))


def test_grid_sweeps_two_dimensions_and_keeps_the_others() -> None:
    base = np.array([9, 8, 7, 6], np.float32)
    grid = latent_grid(base, (3, 1), np.array([[-1, 1], [0, 4]]), columns=3, rows=5)
    assert grid.shape == (5, 3, 4)
    assert grid.dtype == np.float32
    np.testing.assert_array_equal(grid[0, :, 3], [-1, 0, 1])
    np.testing.assert_array_equal(grid[:, 0, 1], [4, 3, 2, 1, 0])
    assert (grid[:, :, [0, 2]] == base[[0, 2]]).all()


@pytest.mark.parametrize("dimensions", [(1, 1), (0, 4), (-1, 0)])
def test_grid_needs_two_dimensions_of_the_model(dimensions: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a grid needs two different ones below 4"):
        latent_grid(np.zeros(4), dimensions, np.array([[0, 1], [0, 1]]), 2, 2)


def test_grid_needs_a_cell() -> None:
    with pytest.raises(ValueError, match="The grid is 0 × 2; it needs at least 1 × 1"):
        latent_grid(np.zeros(4), (0, 1), np.array([[0, 1], [0, 1]]), columns=0, rows=2)


def test_principal_axes_find_the_known_plane() -> None:
    found = principal_axes(cloud(count=40_000), most=2)
    np.testing.assert_allclose(found.axes, [[2**-0.5, 2**-0.5, 0], [0, 0, 1]], atol=0.02)
    np.testing.assert_allclose(found.explained, [25 / 29, 4 / 29], atol=0.03)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10), st.integers(2, 60))
def test_principal_axes_agree_with_the_singular_values(seed: int, dimensions: int, count: int) -> None:
    points = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    found = principal_axes(points, most=2)
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    np.testing.assert_allclose(found.explained[: len(variances)], (variances / variances.sum())[:2], atol=1e-5)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(2), atol=1e-5)
    assert (found.axes.max(axis=1) >= -found.axes.min(axis=1) - 1e-6).all()


def test_coordinates_on_a_plane_go_there_and_back() -> None:
    points = cloud()
    found = principal_axes(points, most=2)
    coordinates = found.coordinates(points)
    assert coordinates.dtype == np.float32
    np.testing.assert_allclose(found.coordinates(coordinates @ found.axes + found.mean), coordinates, atol=1e-4)


def test_in_two_dimensions_the_plane_is_the_whole_space() -> None:
    points = cloud()[:, :2]
    found = principal_axes(points)
    np.testing.assert_allclose(found.coordinates(points) @ found.axes + found.mean, points, atol=1e-4)
    assert found.explained.sum() == pytest.approx(1, abs=1e-6)


def test_a_refit_in_another_order_does_not_flip_the_axes() -> None:
    points = cloud()
    np.testing.assert_allclose(principal_axes(points).axes, principal_axes(points[::-1]).axes, atol=1e-4)


def test_principal_axes_carry_the_variance_and_give_the_latents_back() -> None:
    points = cloud(count=4_000)
    found = principal_axes(points)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(3), atol=1e-5)
    np.testing.assert_allclose(found.coordinates(points).std(axis=0, ddof=1), found.std, rtol=1e-3)
    np.testing.assert_allclose(found.coordinates(points) @ found.axes + found.mean, points, atol=1e-3)
    assert found.explained.sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_array_equal(principal_axes(points, most=2).axes, found.axes[:2])


def test_axes_of_equal_points_explain_nothing() -> None:
    found = principal_axes(np.ones((5, 3), np.float32), most=2)
    assert (found.explained == 0).all()
    np.testing.assert_array_equal(found.coordinates(np.ones((5, 3), np.float32)), np.zeros((5, 2)))


@pytest.mark.parametrize("shape", [(10, 1), (1, 3), (0, 3), (10,)])
def test_too_little_for_a_plane(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="principal axes need at least 2 images and 2 dimensions"):
        principal_axes(np.zeros(shape, np.float32))
