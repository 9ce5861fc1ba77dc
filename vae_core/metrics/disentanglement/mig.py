"""The mutual information gap: does one latent dimension alone know each factor?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.metrics.disentanglement.known_factors import checked, gap_of_best_two, oriented


@dataclass(frozen=True, eq=False)
class MutualInformationGap:
    """The gap per factor and what it is made of; ``score`` is the mean gap, in [0, 1].

    gap: float64 (F,). holder: int64 (F,), the latent that knows most of the factor.
    information: float64 (D, F), mutual information of latent and factor over the factor's entropy.
    """

    score: float
    gap: np.ndarray
    holder: np.ndarray
    information: np.ndarray


def mutual_information_gap(codes: np.ndarray, factors: np.ndarray) -> MutualInformationGap:
    """MIG of codes float (N, D) against factors int (N, F).

    Against a factor with K values a code is cut into K bins of equal width over its range, one per value of the
    factor. The estimate counts pairs; it is high by about (K − 1)² / 2N nats, on every latent alike, which the
    gap takes out. Raises ValueError as ``known_factors.checked`` does.
    Source: Chen, Li, Grosse, Duvenaud 2018, equation 6; binned means as Locatello et al. 2019.
    """
    codes, values = checked(codes, factors)
    turned = oriented(codes)
    information = np.stack([_normalised_information(turned, column) for column in values.T], axis=1)
    gap = gap_of_best_two(information)
    return MutualInformationGap(float(gap.mean()), gap, information.argmax(axis=0), information)


def _normalised_information(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    count = int(values.max()) + 1
    entropy = _entropy(np.bincount(values))
    return np.array([_information(_equal_bins(column, count), values, count) for column in codes.T]) / entropy


def _equal_bins(code: np.ndarray, count: int) -> np.ndarray:
    low, high = code.min(), code.max()
    if low == high:
        return np.zeros(len(code), np.int64)
    return np.minimum(((code - low) * (count / (high - low))).astype(np.int64), count - 1)


def _information(bins: np.ndarray, values: np.ndarray, count: int) -> float:
    joint = np.bincount(bins * count + values, minlength=count * count)
    table = joint.reshape(count, count)
    information = _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0)) - _entropy(joint)
    return max(information, 0.0)


def _entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
