"""The benchmark of attribute directions: its reading of factors and its groups on cases that are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import attributes as benchmark
from vae_core.data.shapes import draw_shape_values


def test_targets_are_shares_of_the_ranges_and_indicators() -> None:
    values = np.array([[0, 0.5, 0, 0, 1], [2, 1.0, 3, 0.5, 0.25]])
    np.testing.assert_allclose(benchmark.targets(values), [[0, 0, 1, 1, 0, 0], [1, 0.5, 0.25, 0, 0, 1]])
    assert benchmark.by_factor(np.array([1, 2, 3, 4, 5, 6.0])) == {"scale": 1, "x": 2, "y": 3, "shape": 5}


def test_thirds_part_the_range() -> None:
    low, middle, high = benchmark.thirds(np.array([0.0, 0.2, 0.4, 0.5, 0.9, 1.0]))
    assert [rows.tolist() for rows in (low, middle, high)] == [[0, 1], [2, 3], [4, 5]]


def test_features_are_means_over_squares() -> None:
    pixels = np.zeros((1, 1, 64, 64), np.float32)
    pixels[0, 0, :4, 4:6] = 1
    found = benchmark.features(pixels)
    assert found.shape == (1, 256)
    assert found[0, 1] == 0.5 and found.sum() == 0.5


def test_the_regressor_reads_what_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "RENDERED", 1500)
    monkeypatch.setattr(benchmark, "JUDGED", 300)
    reader, error = benchmark.read_factors(0)
    assert error["x"] < 0.08 and error["y"] < 0.08 and error["scale"] < 0.12
    small, large = (draw_shape_values(np.array([[0, scale, 0, 0.2, 0.5]])) / 255 for scale in (0.5, 1.0))
    read = reader.predict(benchmark.features(np.concatenate([small, large])))
    assert read[1, 0] - read[0, 0] > 0.7
    assert abs(read[1, 1] - read[0, 1]) < 0.15


def test_the_share_leaves_the_shape_out() -> None:
    assert benchmark.share_of("x", {"scale": 0.1, "x": 0.6, "y": 0.1, "shape": 9.0}) == pytest.approx(0.75)
