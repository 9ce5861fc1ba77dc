"""The figures of generated images beside real ones, with what they were measured in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.metrics.generation.features import FeatureMap
from vae_core.metrics.generation.frechet import frechet_distance
from vae_core.metrics.generation.precision_recall import precision_recall


@dataclass(frozen=True)
class GenerationQuality:
    """Fréchet distance (squared, lower is better), precision and recall in [0, 1], in the ``features`` named.

    A Fréchet distance stands beside another only in the same features and numbers of images; it is no FID.
    """

    frechet_distance: float
    precision: float
    recall: float
    features: str
    real_images: int
    generated_images: int
    neighbours: int


def generation_quality(real: np.ndarray, generated: np.ndarray, feature_map: FeatureMap) -> GenerationQuality:
    """The quality of generated beside real images, both float32 (N, C, H, W) in [0, 1].

    Raises ValueError as ``frechet_distance`` and ``precision_recall`` do.
    """
    real_features, generated_features = feature_map.of(real), feature_map.of(generated)
    shares = precision_recall(real_features, generated_features)
    return GenerationQuality(
        frechet_distance=frechet_distance(real_features, generated_features),
        precision=shares.precision,
        recall=shares.recall,
        features=feature_map.name,
        real_images=len(real),
        generated_images=len(generated),
        neighbours=shares.neighbours,
    )
