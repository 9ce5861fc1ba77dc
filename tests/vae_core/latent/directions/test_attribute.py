"""Attribute directions on latents whose attribute is known."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.latent import attribute_direction
from vae_core.latent.directions import METHODS, cohens_d

every_method = pytest.mark.parametrize("method", METHODS)


def two_groups(apart: float, seed: int = 0, count: int = 2000, correlated: bool = False) -> tuple[np.ndarray, ...]:
    """Latents (N, 4) of which the first half has an attribute that stands along dimension 1, and their rows."""
    means = np.random.default_rng(seed).standard_normal((count, 4))
    if correlated:
        means[:, 0] += 2 * means[:, 1]
    means[: count // 2, 1] += apart
    if correlated:
        means[: count // 2, 0] += 2 * apart
    return means.astype(np.float32), np.arange(count // 2), np.arange(count // 2, count)


@every_method
def test_the_direction_of_an_attribute_is_found(method: str) -> None:
    means, having, lacking = two_groups(3)
    found = attribute_direction(means, having, lacking, method)
    assert np.linalg.norm(found.direction) == pytest.approx(1, abs=1e-6)
    assert found.direction[1] > 0.99
    assert found.span == pytest.approx(3, abs=0.15)
    assert found.consistency.cohens_d == pytest.approx(3, abs=0.25)
    assert found.consistency.auc == pytest.approx(0.983, abs=0.01)  # Φ(3/√2)
    assert found.consistency.fitted == (700, 700)
    assert found.consistency.held_out == (300, 300)


def test_a_classifier_is_not_led_astray_by_what_only_goes_along() -> None:
    """Dimension 0 follows dimension 1, which has the attribute: the normal leaves it out."""
    means, having, lacking = two_groups(1.5, correlated=True)
    by_means, by_normal = (attribute_direction(means, having, lacking, method) for method in METHODS)
    assert by_means.direction[0] > 0.8
    assert by_normal.consistency.auc >= by_means.consistency.auc - 0.005


@every_method
def test_noise_has_no_consistency_on_held_out_images(method: str) -> None:
    """20 dimensions of noise and 40 images: those that made the direction look apart, the others do not."""
    found = []
    for seed in range(20):
        means = np.random.default_rng(seed).standard_normal((40, 20))
        found.append(attribute_direction(means, np.arange(20), None, method, seed=seed).consistency)
    assert np.mean([each.auc for each in found]) == pytest.approx(0.5, abs=0.08)
    assert np.mean([each.cohens_d for each in found]) == pytest.approx(0, abs=0.3)


@every_method
def test_orthogonal_to_others(method: str) -> None:
    means, having, lacking = two_groups(2, correlated=True)
    others = [np.array([1.0, 0, 0, 0]), np.array([1.0, 0, 0, 1.0]), np.array([2.0, 0, 0, 2.0])]
    found = attribute_direction(means, having, lacking, method, orthogonal_to=others)
    np.testing.assert_allclose(np.array(others) @ found.direction, 0, atol=1e-6)
    assert found.direction[1] > 0.9


def test_nothing_left_beside_the_others() -> None:
    means, having, lacking = two_groups(2)
    with pytest.raises(ValueError, match="lies within those that it must be orthogonal to; nothing is left of it"):
        attribute_direction(means, having, lacking, orthogonal_to=list(np.eye(4)))


def test_applied_by_one_leads_from_one_group_to_the_other() -> None:
    means, having, lacking = two_groups(3)
    found = attribute_direction(means, having, lacking)
    start = means[:5]
    moved = found.applied(start, 1)
    np.testing.assert_allclose((moved - start) @ found.direction, found.span, rtol=1e-5)
    assert found.applied(start, 0).tobytes() == start.tobytes()
    np.testing.assert_allclose(found.applied(moved, -1), start, atol=1e-5)


def test_all_others_lack_it_where_no_second_group_is_given() -> None:
    means, having, lacking = two_groups(3)
    given, left = (attribute_direction(means, having, group) for group in (lacking, None))
    np.testing.assert_array_equal(given.direction, left.direction)


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    means, having, lacking = two_groups(1)
    first, again, other = (attribute_direction(means, having, lacking, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.direction, again.direction)
    assert not np.array_equal(first.direction, other.direction)


@pytest.mark.parametrize(
    ("having", "lacking", "words"),
    [
        ([], [1, 2], r"0 images have the attribute; a direction needs 2 or more.* Add images to the group"),
        ([3], [1, 2], r"1 images have the attribute; a direction needs 2 or more"),
        ([1, 2], [], r"0 images lack it; a direction needs 2 or more"),
        (range(10), None, r"All 10 images have the attribute; a direction needs others.* Choose a second group"),
        ([1, 2, 3], [3, 4], r"1 images are in both groups, such as row 3\. Take them out of one"),
        ([1, 12], [3, 4], r"A group names rows 1 to 12; there are 0 to 9\. Choose among these"),
    ],
)
def test_groups_that_make_no_direction(having, lacking, words: str) -> None:
    means = np.random.default_rng(0).standard_normal((10, 3))
    with pytest.raises(ValueError, match=words):
        attribute_direction(means, np.array(having, int), None if lacking is None else np.array(lacking, int))


def test_other_refusals() -> None:
    means, having, lacking = two_groups(1)
    with pytest.raises(ValueError, match="method is 'mean'; it must be one of means, classifier"):
        attribute_direction(means, having, lacking, "mean")
    with pytest.raises(ValueError, match="same mean, so that nothing leads from one to the other"):
        attribute_direction(np.zeros((10, 3)), np.arange(5))
    with pytest.raises(ValueError, match=r"The other directions have shape \(1, 3\); they must be \(K, 4\)"):
        attribute_direction(means, having, lacking, orthogonal_to=[np.ones(3)])
    with pytest.raises(ValueError, match=r"they must be \(N, D\) and finite"):
        attribute_direction(np.full((10, 3), np.nan), np.arange(5))


def test_cohens_d_of_known_values() -> None:
    assert cohens_d(np.array([2.0, 4.0]), np.array([1.0, 3.0])) == pytest.approx(1 / np.sqrt(2))
    assert cohens_d(np.ones(3), np.ones(3)) == 0
    assert cohens_d(np.ones(3), np.zeros(3)) == np.inf
    assert cohens_d(np.zeros(3), np.ones(3)) == -np.inf
