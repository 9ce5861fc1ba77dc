"""How classes mix: on latents whose neighbours are known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vae_core.latent.maps.known_latents import groups
from vae_core.latent.maps import ClassMixing, MapError, MixedPair, class_mixing


def brute(means: np.ndarray, classes: np.ndarray, one: int, other: int, neighbours: int) -> float:
    distances = np.linalg.norm(means[:, None].astype(np.float64) - means, axis=2)
    np.fill_diagonal(distances, np.inf)
    near = classes[np.argsort(distances, axis=1)[:, :neighbours]]
    strange = (near[classes == one] == other).sum() + (near[classes == other] == one).sum()
    return strange / (neighbours * np.isin(classes, [one, other]).sum())


def test_groups_far_apart_do_not_mix() -> None:
    means, kinds = groups()
    assert class_mixing(means, kinds) == ClassMixing((), 1.0, 15, 120)


def test_two_labels_of_one_group_mix_and_only_they() -> None:
    means, kinds = groups(count=600, kinds=3)
    labels = np.where(kinds == 2, 2 + np.arange(600) // 3 % 2, kinds)  # one group has two labels, by chance
    found = class_mixing(means, labels)
    assert [(pair.one, pair.other) for pair in found.pairs] == [(2, 3)]
    assert found.pairs[0].share == pytest.approx(0.5, abs=0.05)
    assert found.own == pytest.approx(1 - 0.5 / 3, abs=0.03)


@pytest.mark.parametrize("neighbours", [1, 7, 15])
def test_the_shares_are_those_of_all_distances(neighbours: int) -> None:
    generator = np.random.default_rng(0)
    means = generator.standard_normal((300, 4)).astype(np.float32)
    classes = (means[:, 0] + 0.7 * generator.standard_normal(300) > 0).astype(int) + 2 * (means[:, 1] > 1)
    found = class_mixing(means, classes, neighbours)
    assert len(found.pairs) == 6 and found.neighbours == neighbours
    assert [pair.share for pair in found.pairs] == sorted((pair.share for pair in found.pairs), reverse=True)
    for pair in found.pairs:
        assert pair.share == pytest.approx(brute(means, classes, pair.one, pair.other, neighbours), abs=1e-12)


def test_a_sample_says_about_the_same_and_the_same_each_time() -> None:
    generator = np.random.default_rng(1)
    means = generator.standard_normal((3000, 3)).astype(np.float32)
    classes = (means[:, 0] > 0).astype(int)
    whole, sample = class_mixing(means, classes, at_most=3000), class_mixing(means, classes, at_most=500)
    assert sample.judged_on == 500 and whole.judged_on == 3000
    assert sample.pairs[0].share == pytest.approx(whole.pairs[0].share, abs=0.05)
    assert sample == class_mixing(means, classes, at_most=500)


def test_images_without_a_class_are_no_neighbours() -> None:
    means, kinds = groups(count=90, kinds=3)
    unlabelled = np.where(kinds == 1, -1, kinds)
    assert class_mixing(means, unlabelled).judged_on == 60
    assert class_mixing(means, unlabelled).own == 1.0


def test_equal_latents_are_neighbours_of_each_other_and_not_of_themselves() -> None:
    found = class_mixing(np.zeros((4, 2), dtype=np.float32), np.array([0, 1, 0, 1]))
    assert found.neighbours == 3
    assert found.pairs == (MixedPair(0, 1, pytest.approx(2 / 3)),)


@pytest.mark.parametrize(("classes", "sentence"), [
    (np.array([0, -1, -1]), "1 images have a class; neighbours are compared among 2 or more. Label more images."),
    (np.array([0, 1]), r"3 latents and classes of shape \(2,\); each latent has one"),
])  # fmt: skip
def test_what_cannot_be_compared_is_said(classes: np.ndarray, sentence: str) -> None:
    with pytest.raises(MapError, match=sentence):
        class_mixing(np.eye(3, dtype=np.float32), classes)
