"""Repairs without a search: encode–decode, posterior average, repeated encode–decode, standard filters."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core import ModelSettings
from vae_core.repair import (
    NOISE_KINDS,
    Damage,
    chained_reconstruction,
    damaged,
    kept_where_visible,
    posterior_average,
    quality,
    reconstruction,
    standard_filter,
    standard_filter_words,
)


def model(**more):
    base = {"network": "mlp", "image_shape": (1, 8, 8), "latent_dim": 3, "likelihood": "gaussian", "hidden": (16,)}
    return tiny_vae(ModelSettings(**(base | more)))


IMAGES = torch.from_numpy(digit_images(count=4)[0]).float() / 255


def test_the_average_over_many_draws_is_the_expectation_and_repeats_by_its_seed() -> None:
    vae = model()
    found = posterior_average(vae, IMAGES, seed=3, draws=4000)
    posterior = vae.encode(IMAGES)
    torch.manual_seed(9)
    expected = torch.stack([vae.decode_mean(posterior.sample()) for _ in range(4000)]).mean(dim=0)
    assert (found - expected).abs().max() < 0.03
    assert torch.equal(posterior_average(vae, IMAGES, 3, 20), posterior_average(vae, IMAGES, 3, 20))
    assert not torch.equal(posterior_average(vae, IMAGES, 3, 20), posterior_average(vae, IMAGES, 4, 20))


def test_an_average_in_parts_is_the_average_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vae = model(classes=3)
    labels = torch.tensor([0, 2, 1, 1])
    whole = posterior_average(vae, IMAGES, 0, 10, labels)
    monkeypatch.setattr("vae_core.repair.repairs.AT_ONCE", 12)
    assert torch.allclose(posterior_average(vae, IMAGES, 0, 10, labels), whole, atol=1e-6)


def test_a_point_posterior_averages_to_its_reconstruction() -> None:
    vae = model(posterior="point")
    assert torch.equal(posterior_average(vae, IMAGES, 0, 5), reconstruction(vae, IMAGES))


def test_a_chain_without_hidden_pixels_is_one_reconstruction_and_its_rounds_are_what_they_say() -> None:
    vae = model()
    assert torch.equal(chained_reconstruction(vae, damaged(IMAGES, Damage())), reconstruction(vae, IMAGES))
    found = damaged(IMAGES, Damage("missing", 0.5, 0))
    twice = reconstruction(vae, torch.where(found.visible, found.images, reconstruction(vae, found.images)))
    assert torch.equal(chained_reconstruction(vae, found, rounds=2), twice)


def test_what_is_visible_is_kept() -> None:
    found = damaged(IMAGES, Damage("missing", 0.5, 0))
    kept = kept_where_visible(found, torch.full_like(IMAGES, 0.25))
    assert torch.equal(kept[found.visible], IMAGES[found.visible])
    assert (kept[~found.visible] == 0.25).all()


def test_quality_is_of_the_clean_picture() -> None:
    assert quality(IMAGES, IMAGES).psnr.tolist() == [100.0] * 4
    assert quality(torch.zeros(1, 1, 8, 8), torch.full((1, 1, 8, 8), 0.1)).psnr[0] == pytest.approx(20, abs=1e-4)


SMOOTH = (torch.sin(torch.linspace(0, 3, 32))[:, None] * torch.cos(torch.linspace(0, 2, 32)) / 2 + 0.5)[None, None]


@pytest.mark.parametrize(
    ("kind", "strength"),
    [(k, s) for k in NOISE_KINDS for s in (0.2, 0.5) if k != "none" and (k, s) != ("salt-and-pepper", 0.5)],
)
def test_each_standard_filter_brings_a_smooth_picture_nearer(kind: str, strength: float) -> None:
    found = damaged(SMOOTH, Damage(kind, strength, 0))
    filtered = torch.from_numpy(standard_filter(found.images.numpy(), found.visible.numpy(), found.damage))
    before, after = quality(SMOOTH, found.images).psnr[0], quality(SMOOTH, filtered).psnr[0]
    assert after > before + (0.2 if kind == "blur" else 1)
    assert standard_filter_words(kind, not bool(found.visible.all())) != "nothing to filter"


def test_a_filled_hole_is_the_mean_of_its_neighbours_and_a_plane_comes_back() -> None:
    plane = (torch.arange(8.0)[:, None] + torch.arange(8.0))[None, None] / 14
    hole = torch.zeros(8, 8, dtype=torch.bool)
    hole[2:5, 3:6] = True
    found = damaged(plane, Damage(), hole)
    filled = standard_filter(found.images.numpy(), found.visible.numpy(), found.damage)
    assert np.allclose(filled, plane.numpy(), atol=1e-5)  # a plane solves Laplace's equation


def test_a_hole_over_everything_leaves_black_and_no_error() -> None:
    found = damaged(IMAGES[:1], Damage(), torch.ones(8, 8, dtype=torch.bool))
    assert standard_filter(found.images.numpy(), found.visible.numpy(), found.damage).max() == 0
    assert torch.isfinite(chained_reconstruction(model(), found)).all()
    assert standard_filter_words("none", has_hidden=False) == "nothing to filter"
