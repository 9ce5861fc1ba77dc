"""The FactorVAE score on codes whose score is known."""

from __future__ import annotations

import math

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
from vae_core.metrics import FactorVaeScore, factor_vae_score, factor_vae_score_of_sampler

VOTES = 800


def score(codes: np.ndarray, known: np.ndarray, group_size: int = 32) -> FactorVaeScore:
    return factor_vae_score(codes, known, np.random.default_rng(0), group_size, VOTES)


def test_true_factors_score_one() -> None:
    known = factors()
    found = score(true_codes(known), known)
    assert found.score == 1
    np.testing.assert_array_equal(found.accuracy, np.ones(5))
    np.testing.assert_array_equal(found.factor_of_latent[3:], [4, 3, 2, 1, 0])


def test_noise_scores_chance() -> None:
    known = factors()
    found = score(noise_codes(len(known)), known)
    assert found.chance == 0.2
    assert abs(found.score - 0.2) < 4 * math.sqrt(0.2 * 0.8 / VOTES)


def test_votes_are_judged_on_others_than_they_were_learned_from() -> None:
    """With a latent per handful of votes, learned ones would be right far more often than chance."""
    known = factors(1000)
    codes = noise_codes(len(known), 200)
    found = factor_vae_score(codes, known, np.random.default_rng(0), 16, 300)
    learned = found.votes.max(axis=1).sum() / found.votes.sum()
    assert learned > 0.4
    assert found.score < 0.3


def test_collapsed_latents_are_left_out() -> None:
    """A latent that hardly moves would always be the stillest."""
    known = factors()
    codes = np.concatenate([true_codes(known), 0.05 * noise_codes(len(known), 1), np.ones((len(known), 1))], axis=1)
    found = score(codes, known)
    assert found.left_out.tolist() == [False] * 8 + [True, True]
    assert found.score == 1
    assert (found.votes[8:] == 0).all()
    assert (found.factor_of_latent[8:] == -1).all()


def test_everything_collapsed_is_chance() -> None:
    found = score(np.zeros((500, 3)), factors(500), group_size=8)
    assert found.score == found.chance == 0.2


def test_the_scale_of_a_latent_does_not_matter() -> None:
    known = factors()
    scales = np.geomspace(1, 1000, 8)
    assert score(true_codes(known) * scales, known).score == 1


def test_groups_share_one_value_and_are_drawn_evenly() -> None:
    """The finite version and the sampler of the same world agree: both 1 on its factors, half on a mix."""

    def drawn(factor: int, generator: np.random.Generator) -> np.ndarray:
        known = np.stack([generator.integers(size, size=32) for size in SIZES], axis=1)
        known[:, factor] = known[0, factor]
        return known[:, [0, 1]].astype(float)  # the other three factors are on no latent

    known = factors()
    variances = known[:, [0, 1]].var(axis=0)
    sampled = factor_vae_score_of_sampler(drawn, 5, variances, np.random.default_rng(1), VOTES)
    finite = score(known[:, [0, 1]].astype(float), known)
    np.testing.assert_array_equal(sampled.accuracy[:2], [1, 1])
    np.testing.assert_array_equal(finite.accuracy[:2], [1, 1])
    assert sampled.score == pytest.approx(finite.score, abs=0.07)
    assert sampled.score == pytest.approx(0.4, abs=0.07)  # votes about the other factors are lost
    assert sampled.group_size == finite.group_size == 32


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_unchanged_by_order_and_sign(seed: int) -> None:
    known = factors(400, seed)
    codes = true_codes(known) + noise_codes(400, 8, seed)
    changed, order = permuted_and_turned(codes, seed)
    found, again = score(codes, known, 8), score(changed, known, 8)
    assert found.score == again.score
    np.testing.assert_array_equal(found.votes[order], again.votes)
    np.testing.assert_array_equal(found.accuracy, again.accuracy)


def test_what_is_refused() -> None:
    known = factors(100)
    with pytest.raises(
        ValueError, match=r"No value of factor 1 is shared by 30 of the 100 images; the largest.*Encode"
    ):
        score(noise_codes(100), known, group_size=30)
    with pytest.raises(ValueError, match="A group has 1 rows; a variance needs at least 2"):
        score(noise_codes(100), known, group_size=1)
    with pytest.raises(ValueError, match=r"votes is 0 and factor_count 5; both need to be at least 1"):
        factor_vae_score(noise_codes(100), known, np.random.default_rng(0), 2, votes=0)
