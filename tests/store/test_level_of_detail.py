"""Samples that leave no region empty, and rasters that count every point."""

from __future__ import annotations

import numpy as np
import pytest

from store.level_of_detail import OTHER, points_in, raster, sample_places


@pytest.fixture(scope="module")
def cloud() -> np.ndarray:
    """100,000 points in a heap, and 50 each alone far away."""
    generator = np.random.default_rng(0)
    far = np.stack([np.linspace(-90, 90, 50), np.full(50, 80)], axis=1)
    return np.concatenate([generator.standard_normal((100_000, 2)), far]).astype(np.float32)


def test_a_sample_has_the_size_asked_for_and_keeps_what_lies_alone(cloud: np.ndarray) -> None:
    chosen = sample_places(cloud, 5_000)
    assert len(chosen) == 5_000 == len(np.unique(chosen)) and (np.diff(chosen) > 0).all()
    assert set(range(100_000, 100_050)) <= set(chosen.tolist())
    np.testing.assert_array_equal(chosen, sample_places(cloud, 5_000))
    assert (sample_places(cloud, 5_000, seed=1) != chosen).any()


def test_few_points_are_all_given_and_identical_ones_are_sampled() -> None:
    few = np.zeros((10, 2), dtype=np.float32)
    np.testing.assert_array_equal(sample_places(few, 10), np.arange(10))
    assert len(sample_places(few, 4)) == 4
    assert len(sample_places(few[:0], 4)) == 0


def test_a_box_holds_what_lies_in_it_with_its_edges() -> None:
    points = np.array([[0, 0], [1, 1], [2, 2], [1, 3]], dtype=np.float32)
    np.testing.assert_array_equal(points_in(points, (0, 0, 1, 1)), [0, 1])


def test_a_raster_counts_every_point_of_the_box(cloud: np.ndarray) -> None:
    counted = raster(cloud, (-3, -3, 3, 3), 40, 30)
    assert counted.counts.shape == (30, 40) and counted.classes is None
    assert counted.counts.sum() == len(points_in(cloud, (-3, -3, 3, 3)))
    wanted, _, _ = np.histogram2d(cloud[:, 1], cloud[:, 0], bins=(30, 40), range=[[-3, 3], [-3, 3]])
    assert np.abs(counted.counts - wanted).sum() <= 4, "the same as numpy, but for points on an edge in float32"


def test_a_raster_names_the_most_frequent_class_of_each_cell() -> None:
    points = np.array([[0, 0], [0, 0], [0, 0], [9, 0], [0, 9], [9, 9]], dtype=np.float32)
    classes = np.array([7, 3, 7, 2, -1, 300], dtype=np.int16)
    counted = raster(points, (0, 0, 10, 10), 2, 2, classes)
    np.testing.assert_array_equal(counted.counts, [[3, 1], [1, 1]])
    np.testing.assert_array_equal(counted.classes, [[7, 2], [OTHER, OTHER]])


def test_the_most_frequent_class_is_that_of_counting_one_by_one() -> None:
    generator = np.random.default_rng(1)
    points = generator.random((4_000, 2)).astype(np.float32)
    classes = generator.integers(0, 6, 4_000).astype(np.int16)
    counted = raster(points, (0, 0, 1, 1), 8, 8, classes)
    cells = (points[:, 1] * 8).astype(int) * 8 + (points[:, 0] * 8).astype(int)
    wanted = [np.bincount(classes[cells == cell], minlength=6).argmax() for cell in range(64)]
    np.testing.assert_array_equal(counted.classes.ravel(), wanted)
