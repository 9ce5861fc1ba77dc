"""Traversals: one dimension moves, the others stand still, the ends are met exactly."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent import Traversal, traverse, traverse_loop

POINT = np.array([0.5, -1.25, 2.0, 0.1], dtype=np.float32)
RANGES = np.array([[-2.5, 2.5], [-3.1, 1.7]])


def still(made: Traversal) -> bool:
    """Whether every other dimension keeps the point's value bit for bit."""
    return all(
        np.array_equal(np.delete(made.latents[row], dimension, axis=1), np.tile(np.delete(POINT, dimension), (each, 1)))
        for row, dimension in enumerate(made.dimensions)
        for each in [made.latents.shape[1]]
    )


def test_one_dimension_moves_at_equal_distances_and_the_others_stand_still() -> None:
    made = traverse(POINT, [2, 0], RANGES, 6, label=3)
    assert made.dimensions == (2, 0) and made.label == 3
    assert made.latents.shape == (2, 6, 4) and made.latents.dtype == made.values.dtype == np.float32
    assert still(made)
    np.testing.assert_array_equal(made.latents[0, :, 2], made.values[0])
    np.testing.assert_array_equal(made.values[:, [0, -1]], RANGES.astype(np.float32))
    np.testing.assert_allclose(np.diff(made.values, axis=1).std(axis=1), 0, atol=1e-6)


def test_without_a_choice_all_dimensions_are_swept_in_order() -> None:
    made = traverse(POINT, None, np.tile([-1, 1], (4, 1)), 3)
    assert made.dimensions == (0, 1, 2, 3) and made.label is None and still(made)


def test_the_point_is_left_alone() -> None:
    before = POINT.copy()
    traverse(POINT, [0], RANGES[:1], 4).latents[:] = 9
    np.testing.assert_array_equal(POINT, before)


@pytest.mark.parametrize("frames", [2, 3, 8, 9, 48, 241])
def test_a_loop_meets_both_ends_and_closes_without_a_jump(frames: int) -> None:
    made = traverse_loop(POINT, [2, 1], RANGES, frames)
    assert made.values.shape == (2, frames) and still(made)
    for values, (low, high) in zip(made.values, RANGES.astype(np.float32), strict=True):
        assert values.min() == low and values.max() == high
        steps = np.abs(np.diff(np.append(values, values[0])))
        assert steps.max() <= (high - low) / (frames // 2) + 1e-5, "it jumps"


def test_an_even_loop_comes_back_the_way_it_went() -> None:
    values = traverse_loop(np.float32([-2.5]), [0], RANGES[:1], 10).values[0]
    np.testing.assert_allclose(values[1:5], values[:5:-1], atol=1e-6)


def test_a_loop_begins_beside_the_point_and_rises() -> None:
    values = traverse_loop(POINT, [0, 1], RANGES, 40).values
    assert (np.abs(values[:, 0] - POINT[:2]) <= np.ptp(RANGES, axis=1) / 40 + 1e-6).all()
    assert (values[:, 1] > values[:, 0]).all()
    beyond = traverse_loop(np.float32([9.0]), [0], RANGES[:1], 40).values[0]
    assert beyond[0] == np.float32(2.5), "a point outside begins at the nearer end"


BAD = {
    "one step": ({"steps": 1}, r"steps is 1; a traversal needs its two ends\. Choose 2 or more\."),
    "unknown": ({"dimensions": [4]}, r"dimensions is \[4\]; .* different ones of 0 to 3\. Choose among these\."),
    "twice": ({"dimensions": [1, 1]}, r"dimensions is \[1, 1\]"),
    "none": ({"dimensions": []}, r"dimensions is \[\]"),
    "ranges": ({"dimensions": [0, 1, 2]}, r"shape \(2, 2\); 3 dimensions need \(3, 2\)\. Give a first and a last"),
    "NaN": ({"point": [0, np.nan, 0, 0]}, "holds NaN or infinity; a traversal needs finite ones"),
    "infinite end": ({"ranges": [[0, np.inf], [0, 1]]}, "holds NaN or infinity"),
    "two points": ({"point": np.zeros((2, 4))}, r"The point has shape \(2, 4\); it must be \(D,\)"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_traversal_is_refused(case: str) -> None:
    change, words = BAD[case]
    with pytest.raises(ValueError, match=words):
        traverse(**{"point": POINT, "dimensions": [0, 1], "ranges": RANGES, "steps": 5} | change)


def test_a_loop_of_one_frame_is_refused() -> None:
    with pytest.raises(ValueError, match=r"frames is 1; the way there and back needs its two ends"):
        traverse_loop(POINT, [0], RANGES[:1], 1)
