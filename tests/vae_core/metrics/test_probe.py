"""The probe reads what is there, and chance where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.metrics import probe_labels


def labels(count: int = 900, classes: int = 3) -> np.ndarray:
    return np.arange(count) % classes


def noise(count: int = 900, dimensions: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)


def test_classes_on_axes_are_read_by_both() -> None:
    means = noise()
    means[:, 1] += 20 * (labels() == 1)
    means[:, 2] += 20 * (labels() == 2)
    found = probe_labels(means, labels())
    assert found.linear == found.neighbours == 1
    assert (found.fitted, found.held_out) == (630, 270)
    assert found.chance == pytest.approx(1 / 3)


def test_noise_is_read_at_chance() -> None:
    found = probe_labels(noise(), labels())
    assert abs(found.linear - found.chance) < 0.1
    assert abs(found.neighbours - found.chance) < 0.1


def test_a_ring_is_read_by_neighbours_only() -> None:
    angle = np.linspace(0, 2 * np.pi, 900)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(labels(classes=2), 3, 1)[:, None]
    found = probe_labels(ring, labels(classes=2))
    assert found.neighbours > 0.95
    assert found.linear < 0.65


def test_the_unit_of_a_dimension_does_not_matter() -> None:
    means = noise()
    means[:, 1] += labels()
    found, rescaled = probe_labels(means, labels()), probe_labels(means * np.array([1, 1e-4, 1, 1e4]), labels())
    assert rescaled.linear == pytest.approx(found.linear, abs=0.01)
    assert rescaled.neighbours == pytest.approx(found.neighbours, abs=0.01)


def test_chance_is_the_most_frequent_class() -> None:
    frequent = (np.arange(1000) % 10 == 0).astype(int)
    assert probe_labels(noise(1000), frequent).chance == pytest.approx(0.9)


def test_repeatable_by_seed() -> None:
    assert probe_labels(noise(), labels(), seed=1) == probe_labels(noise(), labels(), seed=1)
    assert probe_labels(noise(), labels(), seed=1) != probe_labels(noise(), labels(), seed=2)


def test_small_classes_are_held_out_too() -> None:
    found = probe_labels(noise(20), np.arange(20) // 2)
    assert found.held_out == 10


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 classes, the smallest of 9 images; a probe needs 2 classes"):
        probe_labels(noise(9), np.zeros(9, int))
    with pytest.raises(ValueError, match=r"2 classes, the smallest of 1 images"):
        probe_labels(noise(9), np.eye(9, dtype=int)[0])
    with pytest.raises(ValueError, match=r"\(9, 4\) and the labels \(8,\); they must be \(N, D\) and \(N,\)"):
        probe_labels(noise(9), np.zeros(8, int))
    with pytest.raises(ValueError, match="A mean is NaN or infinite"):
        probe_labels(noise(9) * np.nan, np.arange(9) % 2)
