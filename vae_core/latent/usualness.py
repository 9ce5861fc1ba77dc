"""How usual a latent is: its density among encoded images, beside that of held-out images themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_core.latent.aggregated_posterior import AggregatedPosterior
from vae_core.vae import SMALLEST_STD

Verdict = Literal["usual", "rare", "never seen"]

RARE_BELOW = 5.0  # percentile
NEVER_SEEN_BELOW = 0.1  # percentile: 1 of 1,000 held-out images is itself called so
MOST_WORK = 10**10  # of judging each image among the others, in multiplications: about 2 s on one core
TERM_WORK = 45  # an exponential costs as much as so many multiplications
FEWEST_JUDGED = 256
TYPICAL_ROWS = 512  # images of which the distance to the nearest other is taken
HELD_OUT = ("test", "validation")


@dataclass(frozen=True, eq=False)
class Judgement:
    """What there is to say about B latents.

    percentile: float64 (B,), 0 to 100, share of held-out images that lie where the density is lower; ties count half.
    log_density: float64 (B,), log q(z) in nats; a bound from below, by the nearest components, unless `exact`.
    distance: float64 (B,), to the nearest encoded image, in σ (see ``AggregatedPosterior.nearest``).
    verdict, words: one for each latent. nearest: int64 (B, k), rows; distances: float64 (B, k), in σ, rising.
    """

    percentile: np.ndarray
    log_density: np.ndarray
    distance: np.ndarray
    verdict: tuple[Verdict, ...]
    words: tuple[str, ...]
    nearest: np.ndarray
    distances: np.ndarray
    exact: bool


@dataclass(frozen=True, eq=False)
class Usualness:
    """The gauge of one model.

    log_densities: float64 (M,), rising: log q at the mean of each held-out image, its own component left out.
    typical_distance: median distance in σ from such an image to the nearest other.
    split: of which split the images are. basis: in words, what the density is.
    """

    posterior: AggregatedPosterior
    log_densities: np.ndarray
    typical_distance: float
    split: str
    basis: str

    def judge(
        self, latents: np.ndarray, *, exact: bool = True, nearest: int = 8, without: int | None = None
    ) -> Judgement:
        """How usual latents (B, D) are.

        exact: over all components; else, where these are many, over the nearest alone, in less than 1 ms a latent.
        nearest: how many images to name.
        without: a row that is taken for absent: the image that the latents were made from, which would else be scored
        against itself. Raises ValueError when the latents have another shape, or there is no such row.
        """
        left_out = self._left_out(without, len(latents))
        among = None if exact else self.posterior.near(latents, max(nearest, 1), left_out)
        density = self.posterior.log_prob(latents, left_out, among)
        near = self.posterior.nearest(latents, max(nearest, 1), left_out, among)
        percentile = self.percentile(density)
        distance = near.distances[:, 0]
        verdicts = tuple(_verdict(each) for each in percentile)
        words = tuple(self._words(*each, among is None) for each in zip(percentile, distance, verdicts, strict=True))
        rows, distances = near.rows[:, :nearest], near.distances[:, :nearest]
        return Judgement(percentile, density, distance, verdicts, words, rows, distances, among is None)

    def percentile(self, log_density: np.ndarray) -> np.ndarray:
        """The share in percent of held-out images with a lower log density than each of (B,); ties count half."""
        lower = np.searchsorted(self.log_densities, log_density, side="left")
        not_higher = np.searchsorted(self.log_densities, log_density, side="right")
        return 50 * (lower + not_higher) / len(self.log_densities)

    def _left_out(self, row: int | None, count: int) -> np.ndarray | None:
        if row is None:
            return None
        if not 0 <= row < len(self.posterior):
            raise ValueError(
                f"without is {row}; the encoded images have rows 0 to {len(self.posterior) - 1}. Choose among these."
            )
        return np.full(count, row)

    def _words(self, percentile: float, distance: float, verdict: Verdict, exact: bool) -> str:
        where = f"of {len(self.log_densities):,} {_images(self.split)} lie where encodings are sparser"
        if verdict == "never seen":
            lower = int(percentile * len(self.log_densities) / 100)
            return (
                f"Never seen{'' if exact else ', by the nearest images alone'}: {lower or 'none'} {where}. The nearest"
                f" image is {distance:.3g} σ away; half of the images have one within {self.typical_distance:.3g} σ."
            )
        share = f"{percentile:.{1 if percentile < 10 else 0}f} %"
        start = "Usual: " if verdict == "usual" else "Rare: " if not exact else "Rare: only "
        return f"{start}{'' if exact else 'at least '}{share} {where}."


def measure_usualness(mean: np.ndarray, std: np.ndarray, split: str = "test", seed: int = 0) -> Usualness:
    """The gauge of a model, from the posteriors mean, std (N, D) of images that it was not trained on.

    Each image is judged at its posterior mean under the mixture of all others (a seeded draw of them, where judging all
    would take more than some seconds), so that a further held-out image falls evenly anywhere between 0 and 100.
    Where no posterior has a spread (a plain autoencoder), the density is a kernel density of the codes by Scott's rule:
    normal kernels, σ_d = N^(−1/(D+4)) times the codes' standard deviation in dimension d; `basis` says so.
    Raises ValueError for fewer than 2 images, and as ``AggregatedPosterior``.
    Source: Vovk, Gammerman and Shafer 2005 (the rank among exchangeable ones is even); Scott 1992, chapter 6.
    """
    if len(mean) < 2:
        raise ValueError(f"There are {len(mean)} encoded images; to compare takes 2. Encode more images.")
    images = f"{len(mean):,} {_images(split)}"
    basis = f"aggregated posterior of {images}"
    if _have_no_spread(std):
        basis = f"kernel density of the codes of {images}, which have no spread; width by Scott's rule"
    posterior = spread_posterior(mean, std)
    shuffled = np.random.default_rng(seed).permutation(len(mean))
    judged = np.sort(shuffled[: _how_many(*mean.shape)])
    densities = np.sort(posterior.log_prob(np.asarray(mean)[judged], without=judged))
    some = shuffled[:TYPICAL_ROWS]
    distance = float(np.median(posterior.nearest(np.asarray(mean)[some], 1, without=some).distances))
    return Usualness(posterior, densities, distance, split, basis)


def spread_posterior(mean: np.ndarray, std: np.ndarray) -> AggregatedPosterior:
    """The aggregated posterior of images with posteriors mean, std (N, D); a kernel density where none has a spread.

    The kernels of a plain autoencoder's codes are as wide as Scott's rule says. Raises as ``AggregatedPosterior``.
    """
    return AggregatedPosterior(mean, _kernel_widths(np.asarray(mean, np.float64)) if _have_no_spread(std) else std)


def _have_no_spread(std: np.ndarray) -> bool:
    return bool(np.max(std) <= SMALLEST_STD * 1.001)


def _kernel_widths(codes: np.ndarray) -> np.ndarray:
    """Scott's widths for codes (N, D), the same in every row; a dimension that never changes gets the smallest."""
    count, dimensions = codes.shape
    widths = codes.std(axis=0, ddof=1) * count ** (-1 / (dimensions + 4))
    return np.broadcast_to(np.maximum(widths, SMALLEST_STD), codes.shape)


def _how_many(rows: int, dimensions: int) -> int:
    return min(rows, max(FEWEST_JUDGED, MOST_WORK // (rows * (dimensions + TERM_WORK))))


def _verdict(percentile: float) -> Verdict:
    if percentile < NEVER_SEEN_BELOW:
        return "never seen"
    return "rare" if percentile < RARE_BELOW else "usual"


def _images(split: str) -> str:
    return "held-out images" if split in HELD_OUT else f"images of the {split} split"
