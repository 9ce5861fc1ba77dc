"""The mutual information gap on codes whose score is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vae_core.metrics.disentanglement.known_codes import (
    SIZES,
    factors,
    noise_codes,
    permuted_and_turned,
    true_codes,
)
from vae_core.metrics import mutual_information_gap


def test_true_factors_score_one() -> None:
    """One bin per value: a factor of 20 values is known whole, which fewer bins could not."""
    known = factors()
    found = mutual_information_gap(true_codes(known), known)
    assert found.score >= 0.95
    np.testing.assert_array_equal(found.holder, [7, 6, 5, 4, 3])
    np.testing.assert_allclose(found.information.max(axis=0), 1, rtol=1e-12)


def test_noise_scores_zero() -> None:
    known = factors()
    found = mutual_information_gap(noise_codes(len(known)), known)
    assert found.score <= 0.05
    assert (found.gap <= 0.05).all()


def test_table_is_latents_by_factors() -> None:
    """D ≠ F, and a code that knows one factor only half: each entry stands where it belongs."""
    grid = np.stack(np.meshgrid(range(4), range(3), indexing="ij"), axis=-1).reshape(-1, 2)
    codes = np.stack([np.zeros(12), grid[:, 1], grid[:, 0] // 2], axis=1)
    found = mutual_information_gap(codes, grid)
    wanted = np.array([[0, 0], [0, 1], [0.5, 0]])
    np.testing.assert_allclose(found.information, wanted, atol=1e-12)
    np.testing.assert_allclose(found.gap, [0.5, 1], atol=1e-12)
    np.testing.assert_array_equal(found.holder, [2, 1])
    assert found.score == pytest.approx(0.75)


def test_two_latents_that_share_a_factor_leave_no_gap() -> None:
    known = factors()[:, :2]
    codes = np.concatenate([known, known], axis=1)
    assert mutual_information_gap(codes, known).score == pytest.approx(0)


def test_one_latent_is_ahead_of_none() -> None:
    known = np.arange(8)[:, None] % 4
    found = mutual_information_gap(known.astype(np.float32), known)
    assert found.score == pytest.approx(1)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_unchanged_by_order_and_sign(seed: int) -> None:
    """Also for codes that lie on the edges of bins."""
    known = factors(300, seed)
    codes = np.concatenate([true_codes(known), known[:, 2:3] % 5, noise_codes(300, 2).round()], axis=1)
    changed, order = permuted_and_turned(codes, seed)
    found, again = mutual_information_gap(codes, known), mutual_information_gap(changed, known)
    assert found.score == again.score
    np.testing.assert_array_equal(found.gap, again.gap)
    np.testing.assert_array_equal(found.information[order], again.information)
    np.testing.assert_array_equal(order[again.holder], found.holder)


def test_values_of_a_factor_are_names() -> None:
    known = factors()
    renamed = np.stack([10 * column - 7 for column in known.T], axis=1)
    codes = true_codes(known)
    assert mutual_information_gap(codes, renamed).score == mutual_information_gap(codes, known).score


def test_what_is_refused() -> None:
    known = factors(50)
    codes = noise_codes(50, 2)
    with pytest.raises(ValueError, match=r"shape \(49, 2\) and the factors \(50, 5\).*of the same N images\. Encode"):
        mutual_information_gap(codes[:49], known)
    with pytest.raises(ValueError, match="1 codes are NaN or infinite; all must be finite"):
        mutual_information_gap(np.where(np.arange(100).reshape(50, 2) == 3, np.nan, codes), known)
    known[:, 3] = 5
    with pytest.raises(ValueError, match=r"Factor 3 has 1 value in these 50 images; .* at least 2\. Leave it out"):
        mutual_information_gap(codes, known)


def test_sizes_of_these_tests_differ_from_the_latents() -> None:
    assert len(SIZES) == 5 != true_codes(factors(50)).shape[1]
