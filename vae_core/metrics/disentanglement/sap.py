"""Separated attribute predictability: is one latent ahead of all others at predicting each factor?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vae_core.metrics.disentanglement.known_factors import (
    accuracy_above_chance,
    checked,
    checked_ordered,
    gap_of_best_two,
    oriented,
)

R_SQUARED = "R² of a line"
ACCURACY = "balanced accuracy of thresholds, above chance"


@dataclass(frozen=True, eq=False)
class SeparatedAttributePredictability:
    """The gap per factor and what it is made of; ``score`` is the mean gap, in [0, 1].

    gap: float64 (F,). holder: int64 (F,), the latent that predicts the factor best.
    predictability: float64 (D, F). measure: for each factor, what predictability is.
    """

    score: float
    gap: np.ndarray
    holder: np.ndarray
    predictability: np.ndarray
    measure: tuple[str, ...]


def separated_attribute_predictability(
    codes: np.ndarray, factors: np.ndarray, ordered: Sequence[bool]
) -> SeparatedAttributePredictability:
    """SAP of codes float (N, D) against factors int (N, F); ``ordered``: per factor, does the order mean something?

    Ordered factors: R² of a line through one latent. Others: balanced accuracy of K − 1 thresholds on one latent
    for K values, less chance and rescaled, so that a perfect latent scores 1 for any K (the paper leaves chance
    in, and a perfect one then scores 1 − 1/K). A constant latent predicts nothing.
    Raises ValueError as ``known_factors.checked`` does, or when ordered has another length than factors.
    Source: Kumar, Sattigeri, Balakrishnan 2018, section 3.
    """
    codes, values = checked(codes, factors)
    kinds = checked_ordered(ordered, values)
    columns = np.ascontiguousarray(oriented(codes).T)
    scores = np.stack([_scores(columns, values[:, f], kind) for f, kind in enumerate(kinds)], axis=1)
    gap = gap_of_best_two(scores)
    measure = tuple(R_SQUARED if kind else ACCURACY for kind in kinds)
    return SeparatedAttributePredictability(float(gap.mean()), gap, scores.argmax(axis=0), scores, measure)


def _scores(columns: np.ndarray, values: np.ndarray, ordered: bool) -> np.ndarray:
    score = _r_squared if ordered else _threshold_accuracy
    return np.array([0.0 if column.min() == column.max() else score(column, values) for column in columns])


def _r_squared(code: np.ndarray, values: np.ndarray) -> float:
    code, target = code - code.mean(), values - values.mean()
    return float((code * target).sum() ** 2 / ((code * code).sum() * (target * target).sum()))


def _threshold_accuracy(code: np.ndarray, values: np.ndarray) -> float:
    from sklearn.tree import DecisionTreeClassifier  # two seconds that the rest of the room need not wait for

    thresholds = DecisionTreeClassifier(max_leaf_nodes=int(values.max()) + 1, class_weight="balanced", random_state=0)
    named = thresholds.fit(code[:, None], values).predict(code[:, None])
    return max(accuracy_above_chance(values, named), 0.0)
