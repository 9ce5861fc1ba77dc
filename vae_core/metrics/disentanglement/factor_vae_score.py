"""The FactorVAE score: does the latent that stands still tell which factor was held fixed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core.metrics.activity import SMALLEST_ACTIVE_VARIANCE
from vae_core.metrics.disentanglement.known_factors import checked

GROUP_SIZE = 64
VOTES = 5_000

EncodeWithFixedFactor = Callable[[int, np.random.Generator], np.ndarray]


@dataclass(frozen=True, eq=False)
class FactorVaeScore:
    """``score``: share of held-out votes that name the fixed factor, in [0, 1]; chance is 1 / F.

    accuracy: float64 (F,), the same per factor; NaN for a factor that no vote was about.
    votes: int64 (D, F), training votes by latent and factor; factor_of_latent: int64 (D,), the majority, −1
    without a vote. left_out: bool (D,), collapsed latents that take no part.
    """

    score: float
    chance: float
    accuracy: np.ndarray
    votes: np.ndarray
    factor_of_latent: np.ndarray
    left_out: np.ndarray
    group_size: int


def factor_vae_score(
    codes: np.ndarray,
    factors: np.ndarray,
    generator: np.random.Generator,
    group_size: int = GROUP_SIZE,
    votes: int = VOTES,
) -> FactorVaeScore:
    """FactorVAE score of codes float (N, D) whose factors int (N, F) are known, from groups drawn among them.

    A group is ``group_size`` different rows that share one value of one factor; values shared by fewer rows are not
    drawn. Raises ValueError as ``known_factors.checked`` does, or when a factor has no value with that many rows.
    Source: Kim and Mnih 2018, section 4.
    """
    codes, values = checked(codes, factors)
    groups = [_rows_by_value(column, group_size, f) for f, column in enumerate(values.T)]

    def encode_with_fixed_factor(factor: int, generator: np.random.Generator) -> np.ndarray:
        rows = groups[factor][generator.integers(len(groups[factor]))]
        return codes[generator.choice(rows, group_size, replace=False, shuffle=False)]

    return factor_vae_score_of_sampler(
        encode_with_fixed_factor, values.shape[1], codes.var(axis=0), generator, votes=votes
    )


def factor_vae_score_of_sampler(
    encode_with_fixed_factor: EncodeWithFixedFactor,
    factor_count: int,
    variances: np.ndarray,
    generator: np.random.Generator,
    votes: int = VOTES,
) -> FactorVaeScore:
    """FactorVAE score where images can be drawn at will.

    encode_with_fixed_factor(factor, generator) gives codes float (L, D) of images that share a drawn value of that
    factor and differ freely in the others. variances: float (D,), of the codes over all data; a latent whose
    variance is 0.01 or less has collapsed and is left out. Of ``votes`` groups the latent of least normalised
    variance is matched to the factor by majority, and as many more are judged by that match. When every latent has
    collapsed, the score is chance. Raises ValueError when votes or factor_count is below 1, or a group has 1 row.
    Source: Kim and Mnih 2018, section 4 (there the votes that are judged are those that trained).
    """
    if votes < 1 or factor_count < 1:
        raise ValueError(f"votes is {votes} and factor_count {factor_count}; both need to be at least 1. Raise them.")
    variances = np.asarray(variances, dtype=np.float64)
    active = variances > SMALLEST_ACTIVE_VARIANCE

    def cast(count: int) -> tuple[np.ndarray, np.ndarray, int]:
        fixed = generator.integers(factor_count, size=count)
        drawn = [encode_with_fixed_factor(int(factor), generator) for factor in fixed]
        return fixed, np.array([_stillest(codes, variances, active) for codes in drawn]), len(drawn[0])

    if not active.any():
        return _no_votes(factor_count, active)
    fixed, stillest, group_size = cast(votes)
    table = np.zeros((len(variances), factor_count), np.int64)
    np.add.at(table, (stillest, fixed), 1)
    majority = np.where(table.sum(axis=1) > 0, table.argmax(axis=1), -1)
    fixed, stillest, _ = cast(votes)
    right = majority[stillest] == fixed
    accuracy = np.array([right[fixed == f].mean() if (fixed == f).any() else np.nan for f in range(factor_count)])
    return FactorVaeScore(float(right.mean()), 1 / factor_count, accuracy, table, majority, ~active, group_size)


def _rows_by_value(values: np.ndarray, group_size: int, factor: int) -> list[np.ndarray]:
    order = np.argsort(values, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(values))[:-1])
    if max(map(len, groups)) < group_size:
        raise ValueError(
            f"No value of factor {factor} is shared by {group_size} of the {len(values)} images; the largest group is"
            f" {max(map(len, groups))}. Encode more images, or choose a smaller group_size."
        )
    return [rows for rows in groups if len(rows) >= group_size]


def _stillest(codes: np.ndarray, variances: np.ndarray, active: np.ndarray) -> int:
    if len(codes) < 2:
        raise ValueError(f"A group has {len(codes)} rows; a variance needs at least 2. Choose a larger group_size.")
    normalised = np.full(len(variances), np.inf)
    np.divide(codes.var(axis=0, dtype=np.float64), variances, out=normalised, where=active)
    return int(normalised.argmin())


def _no_votes(factor_count: int, active: np.ndarray) -> FactorVaeScore:
    chance = 1 / factor_count
    votes = np.zeros((len(active), factor_count), np.int64)
    nobody = np.full(len(active), -1)
    return FactorVaeScore(chance, chance, np.full(factor_count, chance), votes, nobody, ~active, 0)
