"""Ink and code length, on pictures whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.metrics import code_length, fit_context_model, ink
from vae_core.metrics.complexity import CONTEXTS, TEMPLATE, ContextModel


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2, (count, 1, 12, 9)).astype(np.float32)


def test_ink_is_the_sum_of_the_pixels() -> None:
    images = np.stack([np.zeros((1, 8, 8)), np.ones((1, 8, 8)), np.full((1, 8, 8), 0.25)]).astype(np.float32)
    assert ink(images).tolist() == [0, 64, 16]
    assert ink(images).dtype == np.float32


def test_a_model_that_knows_nothing_needs_one_bit_per_pixel() -> None:
    lengths = code_length(ContextModel(np.full(CONTEXTS, 0.5)), noise(3))
    np.testing.assert_allclose(lengths, 12 * 9 * np.log(2), rtol=1e-6)


def test_a_context_is_read_from_the_pixels_already_coded_alone() -> None:
    """Brute force, pixel by pixel: the table is random, so that any slip of the template changes the sum."""
    image = noise(1, seed=5)
    model = ContextModel(np.random.default_rng(1).uniform(0.1, 0.9, CONTEXTS))
    wanted = 0.0
    for row in range(12):
        for column in range(9):
            context = 0
            for bit, (down, right) in enumerate(TEMPLATE):
                assert (down, right) < (0, 0)
                y, x = row + down, column + right
                context += 2**bit if y >= 0 and 0 <= x < 9 and image[0, 0, y, x] else 0
            p = model.ink_probability[context]
            wanted -= np.log(p if image[0, 0, row, column] else 1 - p)
    assert code_length(model, image)[0] == pytest.approx(wanted, rel=1e-5)


def test_what_occurred_in_training_is_cheap_and_noise_is_dear() -> None:
    stripes = np.zeros((50, 1, 12, 9), np.float32)
    stripes[:, :, ::3] = 1
    model = fit_context_model(stripes)
    cheap, dear = code_length(model, stripes[:1])[0], code_length(model, noise(1))[0]
    assert 0 < cheap < 10 < 12 * 9 * np.log(2) < dear


def test_a_blank_image_costs_something() -> None:
    blank = np.zeros((1, 1, 12, 9), np.float32)
    assert 0 < code_length(fit_context_model(blank), blank)[0] < np.log(2) * 12 * 9
    assert ink(blank)[0] == 0


def test_no_images() -> None:
    with pytest.raises(ValueError, match=r"0 images to count contexts in; at least 1 is needed\. Give the training"):
        fit_context_model(np.zeros((0, 1, 8, 8), np.float32))
