"""The gauge: held-out images spread evenly over it, nobody is scored against themselves, empty places are named."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent import Usualness, measure_usualness, usualness
from vae_core.vae import SMALLEST_STD


def encoded(rows: int, seed: int, dimensions: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Posteriors of images from four clusters."""
    generator = np.random.default_rng(seed)
    centres = 2 * np.random.default_rng(9).standard_normal((4, dimensions))
    mean = centres[generator.integers(0, 4, rows)] + 0.6 * generator.standard_normal((rows, dimensions))
    return mean.astype(np.float32), (0.05 + 0.2 * generator.random((rows, dimensions))).astype(np.float32)


@pytest.fixture(scope="module")
def gauge() -> Usualness:
    return measure_usualness(*encoded(1500, 0))


def test_further_images_spread_evenly(gauge: Usualness) -> None:
    percentile = np.sort(gauge.judge(encoded(1500, 1)[0]).percentile)
    even = (np.arange(1500) + 0.5) / 15
    assert np.abs(percentile - even).max() < 100 * 1.63 * np.sqrt(2 / 1500)  # Kolmogorov and Smirnov, two samples, 1 %
    assert np.median(percentile) == pytest.approx(50, abs=5)


def test_an_image_scored_against_itself_would_read_too_high(gauge: Usualness) -> None:
    mean, _ = encoded(1500, 0)
    itself, others = gauge.judge(mean[:1]), gauge.judge(mean[:1], without=0)
    assert itself.percentile[0] > others.percentile[0]
    assert itself.nearest[0, 0] == 0 and itself.distance[0] == pytest.approx(0, abs=1e-6)
    assert 0 not in others.nearest and others.distance[0] > 0


def test_every_image_without_itself_falls_on_its_own_rank(gauge: Usualness) -> None:
    mean, _ = encoded(1500, 0)
    found = np.sort([gauge.judge(mean[row : row + 1], without=row).percentile[0] for row in range(0, 1500, 10)])
    assert np.abs(found - np.linspace(0, 100, 150)).max() < 12
    np.testing.assert_allclose(gauge.percentile(gauge.log_densities), (np.arange(1500) + 0.5) / 15)


def test_farther_out_is_never_more_usual(gauge: Usualness) -> None:
    away = gauge.judge(np.outer([4, 6, 10, 50, 1e4], np.ones(3)).astype(np.float32))
    assert (np.diff(away.log_density) < 0).all() and (np.diff(away.distance) > 0).all()
    assert (np.diff(away.percentile) <= 0).all() and np.isfinite(away.log_density).all()


def test_where_nothing_was_encoded_the_words_say_so(gauge: Usualness) -> None:
    found = gauge.judge(np.full((1, 3), 30, np.float32))
    assert found.verdict == ("never seen",) and found.percentile[0] == 0
    assert found.words[0].startswith("Never seen: none of 1,500 held-out images lie where encodings are sparser. The")
    assert f"is {found.distance[0]:.3g} σ away; half of the images have one within" in found.words[0]


def test_verdicts_follow_the_stated_percentiles(gauge: Usualness) -> None:
    judged = gauge.judge(np.random.default_rng(3).uniform(-5, 5, (4000, 3)).astype(np.float32))
    wanted = np.where(judged.percentile < 0.1, "never seen", np.where(judged.percentile < 5, "rare", "usual"))
    assert judged.verdict == tuple(wanted) and len(set(judged.verdict)) == 3
    one = judged.verdict.index("rare")
    assert judged.words[one] == (
        f"Rare: only {judged.percentile[one]:.1f} % of 1,500 held-out images lie where encodings are sparser."
    )
    assert all(
        words.startswith("Usual: ")
        for words, verdict in zip(judged.words, judged.verdict, strict=True)
        if verdict == "usual"
    )


def test_one_or_more_images_in_a_sparser_place_are_counted() -> None:
    many = Usualness(measure_usualness(*encoded(20, 0)).posterior, np.arange(3000.0) - 5000, 1.0, "training", "")
    assert many._words(100 * 2 / 3000, 7.0, "never seen", True).startswith(
        "Never seen: 2 of 3,000 images of the training split lie where encodings are sparser."
    )


@pytest.mark.parametrize("count", [0, 1, 24])
def test_as_many_neighbours_as_asked_for(gauge: Usualness, count: int) -> None:
    found = gauge.judge(np.zeros((2, 3), np.float32), nearest=count)
    assert found.nearest.shape == found.distances.shape == (2, count) and found.distance.shape == (2,)


def test_the_bound_never_reads_higher_and_says_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.latent.aggregated_posterior.FEW_NUMBERS", 0)
    monkeypatch.setattr("vae_core.latent.aggregated_posterior.SCREENED_NUMBERS", 0)
    gauge = measure_usualness(*encoded(1500, 0))
    latents = encoded(50, 1)[0]
    exact, bound = gauge.judge(latents), gauge.judge(latents, exact=False)
    assert exact.exact and not bound.exact
    assert (bound.percentile <= exact.percentile).all() and (bound.log_density <= exact.log_density + 1e-6).all()
    assert np.abs(bound.percentile - exact.percentile).max() < 3
    assert any(words.startswith("Usual: at least ") for words in bound.words)
    away = gauge.judge(np.full((1, 3), 30, np.float32), exact=False)
    assert away.words[0].startswith("Never seen, by the nearest images alone: none of")


def test_codes_without_spread_get_a_kernel_density_and_say_so() -> None:
    mean, _ = encoded(1000, 0)
    mean = np.concatenate([mean, np.full((1000, 1), 7, np.float32)], axis=1)  # a dimension that never changes
    gauge = measure_usualness(mean, np.full_like(mean, SMALLEST_STD))
    assert (
        gauge.basis
        == "kernel density of the codes of 1,000 held-out images, which have no spread; width by Scott's rule"
    )
    np.testing.assert_allclose(gauge.posterior.sigma[:3], mean[:, :3].std(axis=0, ddof=1) * 1000 ** (-1 / 8), rtol=1e-5)
    further = np.concatenate([encoded(1000, 1)[0], np.full((1000, 1), 7, np.float32)], axis=1)
    assert np.median(gauge.judge(further).percentile) == pytest.approx(50, abs=5)


def test_all_images_alike_read_as_the_middle() -> None:
    mean = np.ones((30, 2), np.float32)
    for std in (0.3, SMALLEST_STD):
        gauge = measure_usualness(mean, np.full_like(mean, std))
        assert gauge.judge(mean[:1], without=0).percentile[0] == pytest.approx(50)
        assert gauge.typical_distance == 0 and gauge.judge(mean[:1] + 50).verdict == ("never seen",)


def test_a_draw_of_the_images_is_judged_where_all_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usualness, "MOST_WORK", 1500 * 48 * 400)
    gauge = measure_usualness(*encoded(1500, 0))
    assert len(gauge.log_densities) == 400 and len(gauge.posterior) == 1500
    again = measure_usualness(*encoded(1500, 0))
    np.testing.assert_array_equal(gauge.log_densities, again.log_densities)
    assert np.median(gauge.judge(encoded(1500, 1)[0]).percentile) == pytest.approx(50, abs=8)


def test_one_image_compares_with_nothing_and_a_row_that_is_none_is_named() -> None:
    mean, std = encoded(9, 0)
    with pytest.raises(ValueError, match=r"There are 1 encoded images; to compare takes 2\. Encode more images"):
        measure_usualness(mean[:1], std[:1])
    with pytest.raises(ValueError, match=r"without is 9; the encoded images have rows 0 to 8\. Choose among these"):
        measure_usualness(mean, std).judge(mean[:1], without=9)
    assert len(measure_usualness(mean[:2], std[:2]).log_densities) == 2
