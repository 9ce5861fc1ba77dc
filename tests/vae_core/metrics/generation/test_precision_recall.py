"""Improved precision and recall where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.metrics import precision_recall
from vae_core.metrics.generation import precision_recall as module_function


def cloud(count: int = 400, seed: int = 0, dimensions: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimensions))


def test_a_set_holds_itself() -> None:
    found = precision_recall(cloud(), cloud()[::-1])
    assert (found.precision, found.recall, found.neighbours) == (1, 1, 3)


def test_another_draw_of_the_same_distribution_is_held_almost_whole() -> None:
    found = precision_recall(cloud(), cloud(seed=1))
    assert found.precision > 0.9
    assert found.recall > 0.9


def test_sets_apart_share_nothing() -> None:
    found = precision_recall(cloud(), cloud(seed=1) + 100)
    assert (found.precision, found.recall) == (0, 0)


def test_a_dropped_mode_lowers_recall_only() -> None:
    real = np.concatenate([cloud(), cloud(seed=1) + 100])
    found = precision_recall(real, cloud(seed=2))
    assert found.precision > 0.9
    assert found.recall == pytest.approx(0.5, abs=0.05)


def test_invented_images_lower_precision_only() -> None:
    found = precision_recall(cloud(), np.concatenate([cloud(seed=1), cloud(seed=2) + 100]))
    assert found.precision == pytest.approx(0.5, abs=0.05)
    assert found.recall > 0.9


def test_by_hand_on_a_line() -> None:
    """Radii to the nearest neighbour: real 0, 1, 3 reach 1, 1, 2; generated 5, 9 reach 4, 4."""
    real, generated = np.array([[0.0], [1], [3]]), np.array([[5.0], [9]])
    found = precision_recall(real, generated, neighbours=1)
    assert found.precision == 0.5  # 5 lies on the edge of the ball around 3, 9 in none
    assert found.recall == pytest.approx(2 / 3)  # the ball around 5 reaches from 1 to 9


def test_in_batches_as_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = precision_recall(cloud(), cloud(seed=1))
    monkeypatch.setitem(module_function.__globals__, "LARGEST_TABLE", 400 * 7)
    assert precision_recall(cloud(), cloud(seed=1)) == whole


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="400 real and 3 generated images; at least 4 of each"):
        precision_recall(cloud(), cloud()[:3])
    with pytest.raises(ValueError, match="neighbours is 0; a radius needs at least 1"):
        precision_recall(cloud(), cloud(), neighbours=0)
