"""How much generated images are like real ones, in features that the project makes itself."""

from __future__ import annotations

from vae_core.metrics.generation.classifier import ImageClassifier, train_classifier
from vae_core.metrics.generation.features import FeatureMap, classifier_features, principal_component_features
from vae_core.metrics.generation.frechet import frechet_distance
from vae_core.metrics.generation.precision_recall import PrecisionRecall, precision_recall
from vae_core.metrics.generation.quality import GenerationQuality, generation_quality

__all__ = [
    "FeatureMap",
    "GenerationQuality",
    "ImageClassifier",
    "PrecisionRecall",
    "classifier_features",
    "frechet_distance",
    "generation_quality",
    "precision_recall",
    "principal_component_features",
    "train_classifier",
]
