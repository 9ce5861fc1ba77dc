"""Generated images beside real ones: what the figures are measured in, and that they tell good from bad."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tiny import digit_images
from vae_core.metrics import (
    FeatureMap,
    classifier_features,
    generation_quality,
    principal_component_features,
    train_classifier,
)


def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = digit_images()
    return images / np.float32(255), labels


def feature_map(kind: str) -> FeatureMap:
    images, labels = digit_images()
    if kind == "classifier":
        return classifier_features(train_classifier(images, labels, seed=0, steps=150, batch=32))
    return principal_component_features(images / np.float32(255))


@pytest.mark.parametrize("kind", ["classifier", "components"])
def test_other_digits_are_closer_than_a_dropped_class_and_than_noise(kind: str) -> None:
    images, labels = digits()
    of = feature_map(kind)
    real, others, their_labels = images[::2], images[1::2], labels[1::2]
    good = generation_quality(real, others, of)
    dropped = generation_quality(real, others[their_labels < 5], of)
    noise = generation_quality(real, np.random.default_rng(0).random(others.shape, dtype=np.float32), of)
    assert good.frechet_distance < dropped.frechet_distance < noise.frechet_distance
    assert noise.precision < 0.1
    assert dropped.recall < good.recall - 0.2
    assert dropped.precision > good.precision - 0.1
    assert (good.real_images, good.generated_images) == (len(real), len(others))


def test_the_result_says_what_it_was_measured_in() -> None:
    images, _ = digits()
    assert "project's classifier" in generation_quality(images, images, feature_map("classifier")).features
    found = generation_quality(images, images, feature_map("components"))
    assert found.features == "64 principal components of the pixels"
    assert found.frechet_distance == pytest.approx(0, abs=1e-8)
    assert (found.precision, found.recall) == (1, 1)


def test_components_keep_distances_when_all_are_kept() -> None:
    images, _ = digits()
    features = principal_component_features(images).of(images[:2])
    assert np.linalg.norm(features[0] - features[1]) == pytest.approx(np.linalg.norm(images[0] - images[1]), rel=1e-5)


def test_few_images_make_few_components() -> None:
    images, _ = digits()
    assert principal_component_features(images[:5]).name == "4 principal components of the pixels"
    with pytest.raises(ValueError, match="There are 1 images; principal components need at least 2"):
        principal_component_features(images[:1])
