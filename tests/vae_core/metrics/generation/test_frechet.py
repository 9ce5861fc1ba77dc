"""The Fréchet distance where its answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.metrics import frechet_distance


def whitened(count: int = 200, dimensions: int = 4, seed: int = 0) -> np.ndarray:
    """Points whose mean is 0 and whose covariance is the identity, to rounding."""
    points = np.random.default_rng(seed).standard_normal((count, dimensions))
    points -= points.mean(axis=0)
    factor = np.linalg.cholesky(np.cov(points, rowvar=False))
    return np.linalg.solve(factor, points.T).T


def test_equal_sets_are_at_no_distance() -> None:
    points = whitened() @ np.random.default_rng(1).normal(size=(4, 4))
    assert frechet_distance(points, points[::-1]) == pytest.approx(0, abs=1e-10)
    assert frechet_distance(points, points) >= 0


def test_a_shift_counts_squared() -> None:
    points = whitened()
    shift = np.array([3, 0, 4, 0])
    assert frechet_distance(points, points + shift) == pytest.approx(25)


def test_scaled_gaussians() -> None:
    """Tr(I + S² − 2 S) = Σ (1 − s)²."""
    scales = np.array([0.5, 1, 2, 3])
    assert frechet_distance(whitened(), whitened(seed=1) * scales) == pytest.approx(0.25 + 0 + 1 + 4)


def test_covariances_that_do_not_commute() -> None:
    """Against the 2 × 2 closed form: Tr √M = √(Tr M + 2 √det M) for M = Σa Σb."""
    a = whitened(dimensions=2) @ np.array([[2.0, 1.0], [0.0, 1.0]])
    b = whitened(dimensions=2, seed=3) @ np.array([[1.0, 0.0], [-1.0, 0.5]])
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    product = cov_a @ cov_b
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    wanted = np.trace(cov_a) + np.trace(cov_b) - 2 * root
    assert abs(cov_a @ cov_b - cov_b @ cov_a).max() > 0.1
    assert frechet_distance(a, b) == pytest.approx(wanted)
    assert frechet_distance(b, a) == pytest.approx(wanted)


def test_features_that_never_move() -> None:
    """Fewer images than features, and one constant: no covariance has an inverse."""
    points = whitened(5, 4)
    points = np.concatenate([points, np.ones((5, 6))], axis=1)
    assert frechet_distance(points, points + 1) == pytest.approx(10)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shapes \(200, 4\) and \(200, 3\); they must be \(N, M\) and \(K, M\)"):
        frechet_distance(whitened(), whitened(dimensions=3))
    with pytest.raises(ValueError, match="200 real and 1 generated images; at least 2 of each"):
        frechet_distance(whitened(), whitened()[:1])
    with pytest.raises(ValueError, match="A feature is NaN or infinite"):
        frechet_distance(whitened(), whitened() * np.nan)
