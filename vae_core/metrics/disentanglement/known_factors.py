"""Codes beside the factors that made the images: what every disentanglement metric takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def checked(codes: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes as float64 (N, D), and factors as the index of each value among the factor's own, int64 (N, F).

    Both are contiguous copies, so that a figure does not depend on the order of the columns in memory.
    Raises ValueError when shapes disagree, a code is not finite, or a factor has one value only.
    """
    codes, factors = np.asarray(codes), np.asarray(factors)
    if codes.ndim != 2 or factors.ndim != 2 or len(codes) != len(factors) or 0 in codes.shape + factors.shape:
        raise ValueError(
            f"The codes have shape {codes.shape} and the factors {factors.shape}; they must be (N, D) and (N, F) of"
            " the same N images. Encode the images that the factors belong to."
        )
    bad = int((~np.isfinite(codes)).sum())
    if bad:
        raise ValueError(f"{bad} codes are NaN or infinite; all must be finite. Choose a model that has not diverged.")
    values = np.stack([np.unique(column, return_inverse=True)[1] for column in factors.T], axis=1)
    constant = np.flatnonzero(values.max(axis=0) == 0).tolist()
    if constant:
        raise ValueError(
            f"Factor {constant[0]} has 1 value in these {len(codes)} images; a metric needs at least 2. Leave it out."
        )
    return np.ascontiguousarray(codes, dtype=np.float64), np.ascontiguousarray(values, dtype=np.int64)


def checked_ordered(ordered: Sequence[bool], factors: np.ndarray) -> tuple[bool, ...]:
    """One flag per factor. Raises ValueError when there are more or fewer than factors."""
    if len(ordered) != factors.shape[1]:
        raise ValueError(
            f"ordered has {len(ordered)} entries for {factors.shape[1]} factors; give one per factor, True where the"
            " order of its values means something."
        )
    return tuple(map(bool, ordered))


def oriented(codes: np.ndarray) -> np.ndarray:
    """Each column turned so that its first value other than 0 is positive.

    Cuts and bins have an open and a closed end; turned alike, codes and their negatives fall into the same ones.
    """
    first = codes[(codes != 0).argmax(axis=0), np.arange(codes.shape[1])]
    return codes * np.where(first < 0, -1.0, 1.0)


def gap_of_best_two(scores: np.ndarray) -> np.ndarray:
    """The best score of each factor less its second best, (F,), of scores (D, F); one latent alone is ahead of 0."""
    ranked = np.sort(np.vstack([scores, np.zeros_like(scores[:1])]) if len(scores) == 1 else scores, axis=0)
    return ranked[-1] - ranked[-2]


def accuracy_above_chance(values: np.ndarray, named: np.ndarray) -> float:
    """Balanced accuracy, moved so that chance is 0 and perfect is 1; below chance it is negative.

    values, named: int64 (N,), the true and the named class. Source: Brodersen et al. 2010, rescaled.
    """
    classes = np.unique(values)
    if len(classes) < 2:
        return 0.0
    recall = np.mean([(named[values == value] == value).mean() for value in classes])
    return float((recall - 1 / len(classes)) / (1 - 1 / len(classes)))
