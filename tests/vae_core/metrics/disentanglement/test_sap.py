"""SAP on codes whose score is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vae_core.metrics.disentanglement.known_codes import (
    ORDERED,
    factors,
    noise_codes,
    permuted_and_turned,
    true_codes,
)
from vae_core.metrics import separated_attribute_predictability


def test_true_factors_score_one() -> None:
    known = factors()
    found = separated_attribute_predictability(true_codes(known), known, ORDERED)
    assert found.score >= 0.95
    np.testing.assert_array_equal(found.holder, [7, 6, 5, 4, 3])
    np.testing.assert_allclose(found.predictability.max(axis=0), 1, rtol=1e-12)


def test_noise_scores_zero() -> None:
    known = factors()
    found = separated_attribute_predictability(noise_codes(len(known)), known, ORDERED)
    assert found.score <= 0.05
    assert found.predictability.max() <= 0.1


def test_ordered_factors_get_the_squared_correlation() -> None:
    known = factors()
    codes = true_codes(known) + noise_codes(len(known), 8, seed=3)
    found = separated_attribute_predictability(codes, known, (True,) * 5)
    wanted = np.corrcoef(codes.T, known.T)[:8, 8:] ** 2
    np.testing.assert_allclose(found.predictability, wanted, atol=1e-12)
    ranked = np.sort(wanted, axis=0)
    np.testing.assert_allclose(found.gap, ranked[-1] - ranked[-2], atol=1e-12)


def test_categories_get_thresholds_in_any_order() -> None:
    """Shapes in the order 1, 2, 0 along the latent: no line fits, thresholds do; half a shape known is said so."""
    shapes = np.repeat([0, 1, 2, 3], 25)[:, None]
    permuted = np.array([3, 0, 2, 1])[shapes]
    two_told_apart = (shapes >= 2).astype(float)
    codes = np.concatenate([permuted, two_told_apart, np.ones_like(shapes)], axis=1)
    found = separated_attribute_predictability(codes, shapes, (False,))
    np.testing.assert_allclose(found.predictability[:, 0], [1, 1 / 3, 0], atol=1e-12)  # (1/2 − 1/4) / (1 − 1/4)
    assert found.score == pytest.approx(2 / 3)
    assert separated_attribute_predictability(codes, shapes, (True,)).predictability[0, 0] < 0.2


def test_rare_categories_count_like_frequent_ones() -> None:
    rare = (np.arange(1000) < 20).astype(int)[:, None]
    always_frequent = noise_codes(1000, 1)
    assert separated_attribute_predictability(always_frequent, rare, (False,)).predictability[0, 0] < 0.5
    assert separated_attribute_predictability(-1.0 * rare, rare, (False,)).score == 1


def test_each_factor_says_its_measure() -> None:
    known = factors(50)
    measure = separated_attribute_predictability(noise_codes(50), known, ORDERED).measure
    assert ["R²" in name for name in measure] == list(ORDERED)
    assert ["accuracy" in name for name in measure] == [not kind for kind in ORDERED]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_unchanged_by_order_and_sign(seed: int) -> None:
    known = factors(200, seed)
    codes = np.concatenate([true_codes(known), noise_codes(200, 3, seed).round(1)], axis=1)
    changed, order = permuted_and_turned(codes, seed)
    found = separated_attribute_predictability(codes, known, ORDERED)
    again = separated_attribute_predictability(changed, known, ORDERED)
    assert found.score == again.score
    np.testing.assert_array_equal(found.predictability[order], again.predictability)
    np.testing.assert_array_equal(order[again.holder], found.holder)


def test_one_flag_per_factor() -> None:
    with pytest.raises(ValueError, match="ordered has 2 entries for 5 factors; give one per factor"):
        separated_attribute_predictability(noise_codes(50), factors(50), (True, False))
