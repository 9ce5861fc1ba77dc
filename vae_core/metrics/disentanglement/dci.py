"""Disentanglement, completeness and informativeness, from the importance of each latent to each factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vae_core.metrics.disentanglement.known_factors import accuracy_above_chance, checked, checked_ordered

MOST_ROWS = 10_000
HELD_OUT = 0.25
TREES = 16
SMALLEST_LEAF = 5
SMALLEST_INFORMATIVENESS = 0.05  # below it the trees have learned noise, and their importances say nothing


@dataclass(frozen=True, eq=False)
class Dci:
    """Three scores in [0, 1] and their parts.

    disentanglement: each latent speaks of one factor; per latent float64 (D,), averaged by importance.
    completeness: each factor is told by one latent; per factor float64 (F,), averaged.
    informativeness: how well all latents together predict a factor on held-out rows, 0 for chance; per factor.
    importance: float64 (D, F); a factor's column adds up to 1, or to 0 when nothing was learned of it.
    rows: how many images were used.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    disentanglement_per_latent: np.ndarray
    completeness_per_factor: np.ndarray
    informativeness_per_factor: np.ndarray
    importance: np.ndarray
    rows: int


def dci(codes: np.ndarray, factors: np.ndarray, ordered: Sequence[bool], seed: int = 0, rows: int = MOST_ROWS) -> Dci:
    """DCI of codes float (N, D) against factors int (N, F), on ``rows`` of them drawn by ``seed`` when N is larger.

    A random forest over all latents predicts each factor from three quarters of the rows; importance is its mean
    decrease in impurity. Informativeness is R² where ``ordered``, else balanced accuracy less chance, rescaled; both
    on the other quarter and not below 0. A factor whose informativeness is under 0.05 gets no importance and
    completeness 0: the paper's definition would spread importances that the trees made up from noise.
    Raises ValueError as ``known_factors.checked`` does, when ordered has another length than factors, or with
    fewer than 20 rows. Source: Eastwood and Williams 2018, section 2 (there informativeness is an error).
    """
    codes, values = checked(codes, factors)
    kinds = checked_ordered(ordered, values)
    order = np.random.default_rng(seed).permutation(len(codes))[:rows]
    if len(order) < 20:
        raise ValueError(f"There are {len(order)} rows; the forests need at least 20. Encode more images.")
    codes, values = codes[order].astype(np.float32), values[order]
    fits = [_forest_fit(codes, values[:, f], kind, seed) for f, kind in enumerate(kinds)]
    informativeness = np.array([score for _, score in fits])
    learned = informativeness >= SMALLEST_INFORMATIVENESS
    importance = np.stack([part for part, _ in fits], axis=1) * learned
    return _scores(importance, informativeness, len(order))


def _scores(importance: np.ndarray, informativeness: np.ndarray, rows: int) -> Dci:
    per_latent, per_factor = _concentration(importance), _concentration(importance.T)
    weight = importance.sum(axis=1)
    disentanglement = float((per_latent * weight).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    return Dci(
        disentanglement=disentanglement,
        completeness=float(per_factor.mean()),
        informativeness=float(informativeness.mean()),
        disentanglement_per_latent=per_latent,
        completeness_per_factor=per_factor,
        informativeness_per_factor=informativeness,
        importance=importance,
        rows=rows,
    )


def _concentration(importance: np.ndarray) -> np.ndarray:
    """1 − entropy of each row over its largest possible: 1 for a single entry, 0 for equal ones and for none."""
    total = importance.sum(axis=1, keepdims=True)
    shares = np.divide(importance, total, out=np.zeros_like(importance), where=total > 0)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    return np.where(total[:, 0] > 0, 1 - entropy / np.log(max(importance.shape[1], 2)), 0.0)


def _forest_fit(codes: np.ndarray, values: np.ndarray, ordered: bool, seed: int) -> tuple[np.ndarray, float]:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor  # slow to import, seldom needed

    kind = RandomForestRegressor if ordered else RandomForestClassifier
    # all latents at each split: with a part of them, latents that say nothing are used where the right one is hidden
    forest = kind(n_estimators=TREES, min_samples_leaf=SMALLEST_LEAF, max_features=None, random_state=seed)
    cut = round(len(codes) * (1 - HELD_OUT))
    forest.fit(codes[:cut], values[:cut])
    predicted = forest.predict(codes[cut:])
    score = _r_squared if ordered else accuracy_above_chance
    return forest.feature_importances_, max(score(values[cut:], predicted), 0.0)


def _r_squared(values: np.ndarray, predicted: np.ndarray) -> float:
    spread = np.square(values - values.mean()).sum()
    return float(1 - np.square(values - predicted).sum() / spread) if spread > 0 else 0.0
