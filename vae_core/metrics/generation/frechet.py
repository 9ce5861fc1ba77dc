"""The Fréchet distance between two sets of features, each taken for a Gaussian."""

from __future__ import annotations

import numpy as np


def frechet_distance(real: np.ndarray, generated: np.ndarray) -> float:
    """Squared Fréchet distance of features float (N, M) and (K, M), not below 0; 0 for equal sets.

    Comparable only between figures in the same features and of the same N and K: fewer images make it larger. It is
    no FID, whose features are those of Inception. Raises ValueError when shapes disagree, a feature is not finite or
    a set has fewer than 2 rows.
    Source: Heusel et al. 2017, equation 6; Dowson and Landau 1982.
    """
    check_features(real, generated, fewest=2)
    mean_real, covariance_real = _gaussian(real)
    mean_generated, covariance_generated = _gaussian(generated)
    root = _square_root(covariance_real)
    product = np.linalg.eigvalsh(root @ covariance_generated @ root).clip(min=0)
    shift = np.square(mean_real - mean_generated).sum()
    spread = np.trace(covariance_real) + np.trace(covariance_generated) - 2 * np.sqrt(product).sum()
    return float(max(shift + spread, 0.0))


def check_features(real: np.ndarray, generated: np.ndarray, fewest: int) -> None:
    """Raises ValueError unless both are finite (N, M), of the same M, with at least ``fewest`` rows."""
    if real.ndim != 2 or generated.ndim != 2 or real.shape[1] != generated.shape[1]:
        raise ValueError(
            f"The features have shapes {real.shape} and {generated.shape}; they must be (N, M) and (K, M) from the same"
            " feature map. Map both sets with it."
        )
    if min(len(real), len(generated)) < fewest:
        raise ValueError(
            f"There are {len(real)} real and {len(generated)} generated images; at least {fewest} of each are needed."
            " Add images."
        )
    if not (np.isfinite(real).all() and np.isfinite(generated).all()):
        raise ValueError("A feature is NaN or infinite; all must be finite. Choose a model that has not diverged.")


def _gaussian(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    features = features.astype(np.float64)
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def _square_root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
