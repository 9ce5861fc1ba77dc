"""A refit is turned and mirrored onto the map before, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent.maps import MapError, aligned

POINTS = np.random.default_rng(0).standard_normal((60, 2)).astype(np.float32)
QUARTER = np.float32([[0, 1], [-1, 0]])
MIRROR = np.float32([[1, 0], [0, -1]])


@pytest.mark.parametrize("change", [QUARTER, MIRROR, QUARTER @ MIRROR])
def test_a_turned_or_mirrored_map_comes_back(change: np.ndarray) -> None:
    np.testing.assert_allclose(aligned(POINTS @ change + 5, POINTS), POINTS, atol=1e-4)


def test_without_mirroring_a_mirrored_map_stays_mirrored() -> None:
    found = aligned(POINTS @ MIRROR, POINTS, mirror=False)
    turn = np.linalg.lstsq(POINTS @ MIRROR - (POINTS @ MIRROR).mean(0), found - found.mean(0), rcond=None)[0]
    assert np.linalg.det(turn) == pytest.approx(1, abs=1e-4)


def test_the_scale_and_all_distances_stay() -> None:
    found = aligned(3 * POINTS @ QUARTER, POINTS)
    np.testing.assert_allclose(
        np.linalg.norm(found[0] - found[1:], axis=1), 3 * np.linalg.norm(POINTS[0] - POINTS[1:], axis=1), rtol=1e-4
    )


def test_common_images_are_enough() -> None:
    new = np.concatenate([np.float32([[9, 9]]), POINTS[::-1]]) @ QUARTER
    found = aligned(new, POINTS, rows=np.arange(1, 61), to_rows=np.arange(59, -1, -1))
    np.testing.assert_allclose(found, np.concatenate([np.float32([[9, 9]]), POINTS[::-1]]), atol=1e-4)


def test_three_dimensions_and_no_common_image() -> None:
    cube = np.random.default_rng(1).standard_normal((20, 3)).astype(np.float32)
    turn = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))[0]
    np.testing.assert_allclose(aligned(cube @ turn, cube), cube, atol=1e-4)
    np.testing.assert_array_equal(aligned(cube, cube, np.arange(0), np.arange(0)), cube)


def test_a_flat_map_is_not_aligned_to_a_deep_one() -> None:
    with pytest.raises(MapError, match=r"shape \(60, 2\) and \(60, 3\); they must be alike"):
        aligned(POINTS, np.zeros((60, 3)))
