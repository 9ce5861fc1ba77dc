"""A density fitted to the posterior means after training: where images lie, for samples better than the prior's."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

COMPONENTS = (1, 2, 4, 8, 16)
MOST_ROWS = 5_000  # more means change the fit little and the wait much
LARGEST_FULL = 32  # dimensions; beyond it a covariance matrix per component has more numbers than there are means
SMALLEST_VARIANCE = 1e-6  # of a component, as a share of the means' own variance


@dataclass(frozen=True, eq=False)
class LatentDensity:
    """A mixture of K normal densities over latents of D dimensions.

    weights: float64 (K,), adding up to 1. means: float64 (K, D). covariances: float64, (K, D, D) full, or (K, D)
    for independent dimensions. split: which images' posterior means it was fitted to, and rows: how many.
    Raises ValueError when shapes disagree, weights are no shares, or a covariance is not positive definite.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    split: str
    rows: int

    def __post_init__(self) -> None:
        if self.means.ndim != 2 or self.means.size == 0:
            raise ValueError(f"means has shape {self.means.shape}; it must be (K, D) with at least one component")
        components, dimensions = self.means.shape
        if self.weights.shape != (components,):
            raise ValueError(f"weights has shape {self.weights.shape}; it must be {(components,)}")
        if self.covariances.shape not in ((components, dimensions), (components, dimensions, dimensions)):
            raise ValueError(
                f"covariances has shape {self.covariances.shape}; it must be {(components, dimensions)} or"
                f" {(components, dimensions, dimensions)}"
            )
        if not all(np.isfinite(values).all() for values in (self.weights, self.means, self.covariances)):
            raise ValueError("the density holds values that are NaN or infinite; all must be finite")
        if not (self.weights >= 0).all() or abs(self.weights.sum() - 1) > 1e-4:
            raise ValueError(f"the weights add up to {self.weights.sum():.6g}; they must be shares that add up to 1")
        self._factors()

    def log_prob(self, latents: np.ndarray) -> np.ndarray:
        """log of the density in nats, float64 (N,), of latents float32 (N, D)."""
        terms = np.stack([self._log_component(k, latents) for k in range(len(self.weights))])
        with np.errstate(divide="ignore"):
            return np.logaddexp.reduce(terms + np.log(self.weights)[:, None], axis=0)

    def sample(self, count: int, seed: int, temperature: float = 1.0) -> np.ndarray:
        """Latents float32 (count, D), the same for the same seed; temperature multiplies each component's spread."""
        generator = np.random.default_rng(seed)
        chosen = generator.choice(len(self.weights), size=count, p=self.weights / self.weights.sum())
        noise = generator.standard_normal((count, self.means.shape[1]))
        factors = self._factors()[chosen]
        moved = noise * factors if factors.ndim == 2 else np.einsum("nij,nj->ni", factors, noise)
        return (self.means[chosen] + temperature * moved).astype(np.float32)

    def _factors(self) -> np.ndarray:
        """Spreads (K, D), or Cholesky factors (K, D, D)."""
        if self.covariances.ndim == 2:
            if not (self.covariances > 0).all():
                raise ValueError(f"a variance is {self.covariances.min():.4g}; it must be above 0")
            return np.sqrt(self.covariances)
        try:
            return np.linalg.cholesky(self.covariances)
        except np.linalg.LinAlgError:
            raise ValueError("a covariance matrix is not positive definite; it must be") from None

    def _log_component(self, k: int, latents: np.ndarray) -> np.ndarray:
        centred = np.asarray(latents, dtype=np.float64) - self.means[k]
        factor = self._factors()[k]
        if factor.ndim == 1:
            scaled, log_volume = centred / factor, np.log(factor).sum()
        else:
            scaled, log_volume = np.linalg.solve(factor, centred.T).T, np.log(np.diagonal(factor)).sum()
        return -0.5 * np.square(scaled).sum(axis=1) - log_volume - 0.5 * len(factor) * math.log(2 * math.pi)


def fit_density(
    means: np.ndarray, split: str, seed: int = 0, components: tuple[int, ...] = COMPONENTS
) -> LatentDensity | None:
    """The Gaussian mixture that suits posterior means float32 (N, D) best by BIC; None for fewer than 2 images.

    Tries each number of components that leaves 5 means or more to each, on at most 5,000 rows drawn by the seed; full
    covariances up to 32 dimensions, independent dimensions beyond. split: what the means are of, for the file.
    Raises ValueError when a mean is not finite.
    Source: Dempster, Laird and Rubin 1977 (EM, by scikit-learn); Schwarz 1978 (BIC); for VAEs Ghosh et al. 2020
    (*From Variational to Deterministic Autoencoders*), section 4 (density estimation after training).
    """
    from sklearn.mixture import GaussianMixture  # takes a second to import: only where it is used

    if not np.isfinite(means).all():
        raise ValueError("A posterior mean is NaN or infinite; a density needs finite ones. Train the model again.")
    if len(means) < 2:
        return None
    chosen = np.random.default_rng(seed).permutation(len(means))[:MOST_ROWS]
    rows = means[np.sort(chosen)].astype(np.float64)
    kind = "full" if rows.shape[1] <= LARGEST_FULL else "diag"
    floor = max(SMALLEST_VARIANCE * rows.var(axis=0).max(), 1e-10)
    fits = []
    with warnings.catch_warnings():
        # a fit that has not converged is a worse fit, which BIC sees
        warnings.filterwarnings("ignore", module="sklearn")
        for count in _worth_trying(components, len(rows)):
            mixture = GaussianMixture(count, covariance_type=kind, reg_covar=floor, random_state=seed)
            fits.append(mixture.fit(rows))
        best = min(fits, key=lambda fit: fit.bic(rows))
    return LatentDensity(best.weights_, best.means_, best.covariances_, split, len(rows))


def _worth_trying(components: tuple[int, ...], rows: int) -> list[int]:
    return [count for count in components if count == 1 or 5 * count <= rows]
