"""The project's own classifier learns, and is the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.tiny import digit_images
from vae_core.metrics import classifier_features, train_classifier


def halves() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    images, labels = digit_images()
    return images[::2], labels[::2], images[1::2], labels[1::2]


def test_it_learns_what_it_was_not_shown() -> None:
    images, labels, others, their_labels = halves()
    classifier = train_classifier(images, labels, seed=0, steps=200, batch=32)
    assert classifier.accuracy(others, their_labels) > 0.8


def test_labels_keep_their_names() -> None:
    images, labels, _, _ = halves()
    classifier = train_classifier(images, 10 * labels + 3, seed=0, steps=200, batch=32)
    assert classifier.accuracy(images, 10 * labels + 3) > 0.9


def test_the_same_seed_gives_the_same_features_and_touches_no_random_state() -> None:
    images, labels, _, _ = halves()
    before = torch.random.get_rng_state()
    first, again, other = (
        classifier_features(train_classifier(images, labels, seed, steps=5)).of(images / np.float32(255))
        for seed in (1, 1, 2)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.shape == (len(images), 64)


@pytest.mark.parametrize("shape", [(3, 12, 16), (1, 8, 128), (3, 33, 9)])
def test_any_size_of_image(shape: tuple[int, int, int]) -> None:
    images, labels = digit_images(shape, 20)
    classifier = train_classifier(images, labels, seed=0, steps=2, batch=8)
    assert classifier_features(classifier, batch=7).of(images / np.float32(255)).shape == (20, 64)


def test_what_is_refused() -> None:
    images, labels = digit_images(count=20)
    with pytest.raises(ValueError, match=r"20 images and 20 labels of 1 classes; .*at least 2 classes"):
        train_classifier(images, np.zeros_like(labels), seed=0)
    with pytest.raises(ValueError, match="20 images and 19 labels"):
        train_classifier(images, labels[:-1], seed=0)
    classifier = train_classifier(images, labels, seed=0, steps=1)
    with pytest.raises(ValueError, match=r"shape \(1, 4, 4\); this classifier was trained on \(1, 8, 8\)"):
        classifier.features(torch.zeros(2, 1, 4, 4))
