"""DCI on codes whose score is known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vae_core.metrics.disentanglement.known_codes import (
    ORDERED,
    factors,
    noise_codes,
    permuted_and_turned,
    true_codes,
)
from vae_core.metrics import Dci, dci


def scores(found: Dci) -> np.ndarray:
    return np.array([found.disentanglement, found.completeness, found.informativeness])


def test_true_factors_score_one() -> None:
    known = factors()
    found = dci(true_codes(known), known, ORDERED)
    assert (scores(found) >= 0.95).all()
    np.testing.assert_array_equal(found.importance.argmax(axis=0), [7, 6, 5, 4, 3])
    np.testing.assert_allclose(found.importance.sum(axis=0), 1)


@pytest.mark.parametrize("collapsed", [0, 7])
def test_noise_scores_zero(collapsed: int) -> None:
    """With collapsed latents too, among which trees cannot spread what they make up."""
    known = factors()
    codes = noise_codes(len(known))
    codes[:, :collapsed] = 0
    assert (scores(dci(codes, known, ORDERED)) <= 0.05).all()


def test_a_factor_that_nothing_tells_of_takes_no_importance() -> None:
    """The latents that hold the others stay disentangled; its own completeness and informativeness are 0."""
    known = factors()
    codes = true_codes(known)
    codes[:, 5] = noise_codes(len(known), 1, seed=9)[:, 0]
    found = dci(codes, known, ORDERED)
    assert found.disentanglement >= 0.95
    assert found.completeness_per_factor[2] == 0
    assert found.informativeness_per_factor[2] <= 0.05
    assert (found.importance[:, 2] == 0).all()
    assert found.completeness == pytest.approx(0.8, abs=0.03)


def test_a_latent_of_two_factors_is_complete_but_not_disentangled() -> None:
    generator = np.random.default_rng(0)
    known = generator.integers(2, size=(2000, 2))
    codes = np.stack([2 * known[:, 0] + known[:, 1], generator.normal(size=2000)], axis=1)
    found = dci(codes, known, (False, False))
    assert found.disentanglement <= 0.05
    assert found.completeness >= 0.95
    assert found.informativeness == 1


def test_a_factor_on_two_latents_is_disentangled_but_not_complete() -> None:
    generator = np.random.default_rng(0)
    known = generator.integers(8, size=(2000, 2))
    codes = np.stack([known[:, 0] // 4, known[:, 0] % 4, known[:, 1]], axis=1)
    found = dci(codes, known, (False, False))
    assert found.disentanglement >= 0.95
    assert found.completeness_per_factor[0] < 0.6
    assert found.completeness_per_factor[1] >= 0.95


def test_order_and_sign_change_no_more_than_the_trees_do() -> None:
    known = factors(1500)
    codes = true_codes(known) + 0.3 * noise_codes(len(known), 8, seed=4)
    changed, _ = permuted_and_turned(codes, seed=2)
    by_trees = abs(scores(dci(codes, known, ORDERED, seed=1)) - scores(dci(codes, known, ORDERED, seed=2))).max()
    by_order = abs(scores(dci(codes, known, ORDERED, seed=1)) - scores(dci(changed, known, ORDERED, seed=1))).max()
    assert by_trees < 0.03
    assert by_order < 0.03


def test_many_rows_are_thinned_by_seed() -> None:
    known = factors(500)
    codes = true_codes(known)
    found = dci(codes, known, ORDERED, seed=3, rows=300)
    assert found.rows == 300
    np.testing.assert_array_equal(found.importance, dci(codes, known, ORDERED, seed=3, rows=300).importance)


def test_too_few_rows() -> None:
    with pytest.raises(ValueError, match="There are 19 rows; the forests need at least 20"):
        dci(noise_codes(19), factors(19), ORDERED)
