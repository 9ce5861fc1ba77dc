"""Noise and holes: what they do to pixels, that a strength of 0 does nothing, and that the pattern stays."""

from __future__ import annotations

import pytest
import torch

from vae_core.repair import NOISE_KINDS, Damage, damaged, noise_words
from vae_core.repair.damage import blurred

GREY = torch.full((2, 1, 24, 20), 0.5)
RAMP = torch.linspace(0, 1, 24 * 20).view(1, 1, 24, 20)
REAL = [kind for kind in NOISE_KINDS if kind != "none"]


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_no_strength_changes_nothing_and_hides_nothing(kind: str) -> None:
    found = damaged(RAMP, Damage(kind, 0.0, 3))
    assert torch.equal(found.images, RAMP)
    assert found.visible.all()


@pytest.mark.parametrize("kind", REAL)
def test_the_same_seed_gives_the_same_picture_and_pixels_stay_in_range(kind: str) -> None:
    once, again = (damaged(RAMP, Damage(kind, 0.6, 7)) for _ in range(2))
    assert torch.equal(once.images, again.images)
    assert not torch.equal(once.images, RAMP)
    assert once.images.min() >= 0 and once.images.max() <= 1


@pytest.mark.parametrize("kind", [kind for kind in REAL if kind != "blur"])
def test_another_seed_gives_another_pattern(kind: str) -> None:
    one, other = (damaged(RAMP, Damage(kind, 0.4, seed)).images for seed in (1, 2))
    assert not torch.equal(one, other)


@pytest.mark.parametrize(("kind", "expected"), [("gaussian", 0.1), ("speckle", 0.1), ("poisson", 0.2 * 0.5**0.5)])
def test_the_spread_of_noise_is_what_the_strength_says(kind: str, expected: float) -> None:
    wide = torch.full((1, 1, 200, 200), 0.5)
    strength = 0.1 if kind == "gaussian" else 0.2
    found = damaged(wide, Damage(kind, strength, 0)).images
    assert found.std().item() == pytest.approx(expected, rel=0.03)
    assert found.mean().item() == pytest.approx(0.5, abs=0.005)


def test_salt_and_pepper_changes_its_share_half_of_it_to_white() -> None:
    found = damaged(torch.full((1, 1, 200, 200), 0.5), Damage("salt-and-pepper", 0.3, 0)).images
    assert (found == 1).float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (found == 0).float().mean().item() == pytest.approx(0.15, abs=0.01)


def test_more_strength_hides_more_pixels_and_none_comes_back() -> None:
    weak, strong = (damaged(GREY, Damage("missing", share, 5)).visible for share in (0.2, 0.6))
    assert not (strong & ~weak).any()
    assert strong.float().mean().item() == pytest.approx(0.4, abs=0.06)


def test_a_patch_is_a_square_of_grey_inside_the_picture() -> None:
    found = damaged(torch.zeros(3, 1, 24, 20), Damage("occlusion", 0.25, 1))
    assert (~found.visible).sum(dim=(1, 2, 3)).tolist() == [25, 25, 25]
    assert (found.images[~found.visible] == 0.5).all() and (found.images[found.visible] == 0).all()


def test_a_blur_keeps_a_flat_picture_and_spreads_a_point_by_its_width() -> None:
    assert torch.allclose(blurred(GREY, 0.5), GREY, atol=1e-6)
    point = torch.zeros(1, 1, 41, 41)
    point[0, 0, 20, 20] = 1
    found = blurred(point, 0.4)  # σ = 0.15 · 41 · 0.4
    places = torch.arange(41.0) - 20
    spread = (found[0, 0].sum(dim=0) * places.square()).sum().sqrt().item()
    assert found.sum().item() == pytest.approx(1, abs=1e-4)
    assert spread == pytest.approx(0.15 * 41 * 0.4, rel=0.05)


def test_photons_of_a_black_picture_are_none() -> None:
    assert damaged(torch.zeros(1, 1, 8, 8), Damage("poisson", 1.0, 0)).images.max() == 0


def test_a_hole_is_black_and_hidden_on_top_of_any_noise() -> None:
    hole = torch.zeros(24, 20, dtype=torch.bool)
    hole[3:6, 4:9] = True
    found = damaged(GREY, Damage("gaussian", 0.3, 0), hole)
    assert (~found.visible).sum(dim=(1, 2, 3)).tolist() == [15, 15]
    assert found.images[:, :, 3:6, 4:9].max() == 0


def test_refusals_say_value_and_rule() -> None:
    for damage, words in (
        ({"kind": "fog"}, "The noise is 'fog'; it must be one of none, gaussian"),
        ({"kind": "blur", "strength": 1.5}, "The strength is 1.5; it must lie in 0 to 1"),
        ({"kind": "blur", "strength": float("nan")}, "it must lie in 0 to 1"),
        ({"seed": -1}, "The seed is -1"),
    ):
        with pytest.raises(ValueError, match=words):
            Damage(**damage)
    with pytest.raises(ValueError, match=r"The hole has shape \(3, 3\); it must be \(24, 20\)"):
        damaged(GREY, Damage(), torch.zeros(3, 3, dtype=torch.bool))


def test_every_kind_says_what_its_strength_means() -> None:
    words = {kind: noise_words(kind, 0.3, (1, 28, 28)) for kind in NOISE_KINDS}
    assert words["gaussian"] == "σ = 0.30 of white"
    assert words["poisson"] == "11.1 photons at white"
    assert words["occlusion"] == "a patch of 8 pixels to a side"
    assert len(set(words.values())) == len(words)
