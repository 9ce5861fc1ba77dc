"""From images to the vectors in which generated ones are compared with real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from vae_core.metrics.generation.classifier import ImageClassifier

COMPONENTS = 64


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """``of``: images float32 (N, C, H, W) in [0, 1] -> features float64 (N, M). ``name`` says what they are."""

    name: str
    of: Callable[[np.ndarray], np.ndarray]


def classifier_features(classifier: ImageClassifier, batch: int = 500) -> FeatureMap:
    """The 64 penultimate features of a classifier that the project trained on the data's own labels."""

    @torch.inference_mode()
    def features(images: np.ndarray) -> np.ndarray:
        parts = torch.from_numpy(np.array(images, dtype=np.float32)).split(batch)
        return torch.cat([classifier.features(part) for part in parts]).double().numpy()

    return FeatureMap("features of the project's classifier", features)


def principal_component_features(images: np.ndarray, components: int = COMPONENTS) -> FeatureMap:
    """For data without labels: the pixels' ``components`` directions of largest variance, in units of pixel value.

    images: float32 (N, C, H, W) in [0, 1], real ones; at most N − 1 and C H W components are kept.
    Raises ValueError with fewer than 2 images.
    Source: Pearson 1901; computed as Halko, Martinsson, Tropp 2011.
    """
    if len(images) < 2:
        raise ValueError(f"There are {len(images)} images; principal components need at least 2. Add images.")
    from sklearn.decomposition import PCA  # scikit-learn takes two seconds to import

    pixels = images.reshape(len(images), -1)
    kept = min(components, len(images) - 1, pixels.shape[1])
    plane = PCA(kept, svd_solver="randomized", random_state=0).fit(pixels)

    def features(images: np.ndarray) -> np.ndarray:
        return plane.transform(images.reshape(len(images), -1)).astype(np.float64)

    return FeatureMap(f"{kept} principal components of the pixels", features)
