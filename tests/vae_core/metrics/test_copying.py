"""Nearest training images, and what is called a copy."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.metrics.copying import copy_scale, nearest_images


def images(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 1, 8, 8), dtype=np.uint8)


def parts(known: np.ndarray, rows: np.ndarray, step: int = 7):
    return ((rows[start : start + step], known[start : start + step]) for start in range(0, len(known), step))


def test_the_nearest_image_is_that_of_a_search_through_all() -> None:
    known, wanted = images(50), images(6, seed=1)
    rows = np.arange(100, 150)
    found = nearest_images(wanted, parts(known, rows))
    gaps = (known[None].astype(float) - wanted[:, None]) / 255
    distances = np.sqrt(np.square(gaps).mean(axis=(2, 3, 4)))
    assert (found.rows == rows[distances.argmin(axis=1)]).all()
    assert np.allclose(found.distances, distances.min(axis=1))
    assert (found.images == known[distances.argmin(axis=1)]).all()


def test_a_copy_has_no_distance_and_is_called_one() -> None:
    known = images(50)
    found = nearest_images(known[[3, 40]], parts(known, np.arange(50)))
    assert found.rows.tolist() == [3, 40] and (found.distances == 0).all()
    scale = copy_scale(np.linspace(0.1, 0.3, 400)[::-1])
    assert scale.typical == pytest.approx(0.2)
    assert scale.words(found.distances)[0].startswith("Perhaps a copy: the nearest training image differs by 0.0 %")
    assert scale.nearer(np.array([0.0, 0.2, 0.5])) == pytest.approx([0, 50, 100])
    assert scale.words(np.array([0.25]))[0].startswith("No copy: ")


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(ValueError, match="both must be alike"):
        nearest_images(images(2), [(np.arange(3), np.zeros((3, 1, 9, 9), np.uint8))])
    with pytest.raises(ValueError, match="no training image"):
        nearest_images(images(2), [])
    with pytest.raises(ValueError, match="no held-out image"):
        copy_scale(np.zeros(0))
