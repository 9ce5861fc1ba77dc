"""The aggregated posterior of a set of encoded images: its density, and which of them lie nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

AT_A_TIME = 16  # latents: their terms with 10,000 components stay in the processor's cache
SCREEN_AXES = 24  # principal axes by which the nearest components are found
SCREENED_NUMBERS = 32_768  # how many numbers of the nearest components are read, about
FEWEST_SCREENED = 64
FEW_NUMBERS = 262_144  # of all means together: so many are read in less than 1 ms


@dataclass(frozen=True, eq=False)
class NearestImages:
    """The nearest encoded images of B latents. rows: int64 (B, k). distances: float64 (B, k), in σ, rising."""

    rows: np.ndarray
    distances: np.ndarray


@final
class AggregatedPosterior:
    """q(z) = 1/N Σ_n q(z|x_n), a mixture of the posteriors of N images.

    Source: Makhzani et al. 2015 (*Adversarial Autoencoders*), equation 1; Hoffman and Johnson 2016 (*ELBO surgery*).
    """

    def __init__(self, mean: np.ndarray, std: np.ndarray) -> None:
        """mean, std: (N, D), of the posteriors. Raises ValueError unless finite, alike in shape and std > 0."""
        _check(mean, std)
        mean, std = np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64)
        self.sigma = np.sqrt(np.square(std).mean(axis=0))
        self._centre = mean.mean(axis=0)
        self._weights, self._constants = _linear_form(mean - self._centre, std)
        self._places = (mean - self._centre) / self.sigma
        self._half_squares = 0.5 * np.square(self._places).sum(axis=1)
        self._axes = _principal_axes(self._places)
        self._screen = (self._places @ self._axes).astype(np.float32)
        self._screen_half_squares = 0.5 * np.square(self._screen).sum(axis=1)

    def __len__(self) -> int:
        """How many images it is a mixture of."""
        return len(self._constants)

    @property
    def latent_dim(self) -> int:
        """How many dimensions its latents have."""
        return len(self.sigma)

    def log_prob(
        self, latents: np.ndarray, without: np.ndarray | None = None, among: list[np.ndarray] | None = None
    ) -> np.ndarray:
        """log q(z) in nats, float64 (B,), of latents (B, D), to 1e-6 nats.

        without: int (B,), for each latent the image whose component is left out; q is then the mixture of the others.
        among: for each latent the rows to sum over, as `near` gives them; the sum is then a bound of log q from below.
        Raises ValueError when the latents have another shape, or an image is left out of a mixture of one.
        """
        features = self._features(latents)
        self._check_left_out(without)
        if among is None:
            found = self._sum_over_all(features, without)
        else:
            parts = (
                self._weights[rows] @ each + self._constants[rows] for each, rows in zip(features, among, strict=True)
            )
            found = np.concatenate([_log_sum_exp(terms[None]) for terms in parts])
        return found - math.log(len(self) - (without is not None))

    def near(
        self, latents: np.ndarray, at_least: int = 1, without: np.ndarray | None = None
    ) -> list[np.ndarray] | None:
        """For each latent (B, D) the rows of the images around it, in no order, so that a frame of a drag takes < 1 ms.

        Nearest by the 24 principal axes along which the images differ most in σ. None where all images are few enough
        (N · D up to 262,144): then nothing is left out. Arguments as of `nearest`.
        """
        if len(self) * self.latent_dim <= FEW_NUMBERS:
            return None
        self._features(latents)
        wanted = max(at_least, FEWEST_SCREENED, SCREENED_NUMBERS // (2 * self.latent_dim))
        screened = (self._in_sigma(latents) @ self._axes).astype(np.float32)
        return [
            _smallest(self._screen_half_squares - self._screen @ place, wanted, _row(without, index))
            for index, place in enumerate(screened)
        ]

    def nearest(
        self,
        latents: np.ndarray,
        count: int,
        without: np.ndarray | None = None,
        among: list[np.ndarray] | None = None,
    ) -> NearestImages:
        """The nearest images of latents (B, D), `count` of them or as many as there are.

        The distance in σ from z to image n is √Σ_d ((z_d − μ_nd) / σ_d)², where σ_d² is the mean of the posterior
        variances of all images in dimension d: one measure for all, whatever the width of an image's own posterior.
        without, among and errors: as `log_prob`; `among` must hold `count` rows for each latent.
        """
        self._features(latents)
        self._check_left_out(without)
        count = min(count, len(self) - (without is not None))
        rows, distances = np.empty((len(latents), count), np.int64), np.empty((len(latents), count))
        for index, place in enumerate(self._in_sigma(latents)):
            if among is None:
                cost = self._half_squares - self._places @ place
                candidates = _smallest(cost, count, _row(without, index))
            else:
                candidates = among[index]
            rows[index], distances[index] = self._rising(place, candidates, count)
        return NearestImages(rows, distances)

    def _sum_over_all(self, features: np.ndarray, without: np.ndarray | None) -> np.ndarray:
        found = np.empty(len(features))
        for start in range(0, len(features), AT_A_TIME):
            part = slice(start, start + AT_A_TIME)
            terms = features[part] @ self._weights.T
            terms += self._constants
            if without is not None:
                terms[np.arange(len(terms)), without[part]] = -np.inf
            found[part] = _log_sum_exp(terms)
        return found

    def _rising(self, place: np.ndarray, rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The `count` nearest of some rows, and their distances: from the differences, which lose no digits."""
        distances = np.sqrt(np.square(self._places[rows] - place).sum(axis=1))
        order = np.lexsort((rows, distances))[:count]
        return rows[order], distances[order]

    def _in_sigma(self, latents: np.ndarray) -> np.ndarray:
        return (np.asarray(latents, dtype=np.float64) - self._centre) / self.sigma

    def _features(self, latents: np.ndarray) -> np.ndarray:
        """z and z² about the centre, float64 (B, 2 D): log q(z|x_n) is linear in them."""
        latents = np.asarray(latents)
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim:
            raise ValueError(
                f"The latents have shape {latents.shape}; this density takes (B, {self.latent_dim})."
                " Give latents of the model whose images it is made of."
            )
        centred = latents.astype(np.float64) - self._centre
        return np.concatenate([centred, np.square(centred)], axis=1)

    def _check_left_out(self, without: np.ndarray | None) -> None:
        if without is not None and len(self) < 2:
            raise ValueError("There is 1 encoded image; leaving it out leaves none. Encode more images.")


def _check(mean: np.ndarray, std: np.ndarray) -> None:
    if np.ndim(mean) != 2 or np.size(mean) == 0 or np.shape(mean) != np.shape(std):
        raise ValueError(
            f"mean has shape {np.shape(mean)} and std {np.shape(std)}; both must be (N, D) with at least one row."
            " Pass the means and spreads of encoded images."
        )
    if not (np.isfinite(mean).all() and np.isfinite(std).all() and (np.asarray(std) > 0).all()):
        raise ValueError("A mean or spread is NaN or infinite, or a spread is not above 0. Encode the images again.")


def _linear_form(centred: np.ndarray, std: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (N, 2 D) and constants (N,) with log q(z|x_n) = weights · (z, z²) + constant: one product for all."""
    precision = 1 / np.square(std)
    weights = np.concatenate([centred * precision, -0.5 * precision], axis=1)
    log_volume = np.log(std).sum(axis=1) + 0.5 * std.shape[1] * math.log(2 * math.pi)
    return weights, -0.5 * (np.square(centred) * precision).sum(axis=1) - log_volume


def _log_sum_exp(terms: np.ndarray) -> np.ndarray:
    """log Σ exp of each row of float64 (B, n). The exponentials, at most 1, are float32: three times as fast."""
    largest = terms.max(axis=1)
    below = np.empty(terms.shape, dtype=np.float32)
    np.subtract(terms, largest[:, None], out=below, casting="same_kind")  # subtracted in float64, then rounded
    return largest + np.log(np.exp(below, out=below).sum(axis=1, dtype=np.float64))


def _smallest(cost: np.ndarray, count: int, left_out: int | None) -> np.ndarray:
    """Where the `count` smallest costs (N,) are, in no order; never at left_out, which costs infinity from now on."""
    if left_out is not None:
        cost[left_out] = np.inf
        count = min(count, len(cost) - 1)
    return np.argpartition(cost, count)[:count] if count < len(cost) else np.arange(len(cost))


def _row(without: np.ndarray | None, index: int) -> int | None:
    return None if without is None else int(without[index])


def _principal_axes(places: np.ndarray) -> np.ndarray:
    """The directions (D, at most 24) in which places (N, D) about 0 vary most."""
    _, directions = np.linalg.eigh(places.T @ places)
    return directions[:, ::-1][:, :SCREEN_AXES]
