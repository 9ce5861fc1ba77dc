"""The latent fit: it finds a known latent, never gets worse, and refuses what it cannot fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core import ModelSettings
from vae_core.likelihoods import LIKELIHOODS
from vae_core.repair import NOISE_KINDS, Damage, damaged, fit_starts, latent_fit, quality, reconstruction
from vae_core.repair.observation import is_noise, observation_log_prob


def model(**more):
    base = {"network": "mlp", "image_shape": (1, 8, 8), "latent_dim": 3, "likelihood": "gaussian", "hidden": (16,)}
    return tiny_vae(ModelSettings(**(base | more)))


IMAGES = torch.from_numpy(digit_images(count=3)[0]).float() / 255


def last(states):
    *_, state = states
    return state


def test_half_hidden_pictures_of_a_known_latent_come_back() -> None:
    vae = model()
    with torch.no_grad():
        known = vae.decode_mean(torch.tensor([[0.7, -0.4, 0.2]]))
    hole = torch.zeros(8, 8, dtype=torch.bool)
    hole[:, 4:] = True
    found = damaged(known, Damage(), hole)
    state = last(latent_fit(vae, found, fit_starts(vae, found, seed=1), steps=200))
    with torch.no_grad():
        fitted = vae.decode_mean(state.best[None])
    assert quality(known, fitted).psnr[0] > 35
    assert quality(known, fitted).psnr[0] > quality(known, reconstruction(vae, found.images)).psnr[0] + 5


def test_the_cost_never_rises_and_the_first_state_is_that_of_the_starts() -> None:
    vae = model()
    found = damaged(IMAGES[:1], Damage("gaussian", 0.4, 0))
    starts = fit_starts(vae, found, seed=0, count=4)
    states = list(latent_fit(vae, found, starts, steps=20))
    assert [state.step for state in states] == list(range(21))
    assert torch.equal(states[0].latents, starts)
    costs = torch.stack([state.costs for state in states])
    assert (costs.diff(dim=0) <= 0).all()
    assert costs[-1].min() < costs[0].min() - 1


def test_the_cost_is_the_negative_log_joint_of_the_visible_pixels() -> None:
    vae = model(likelihood="bernoulli")
    binary = (IMAGES[:1] > 0.5).float()
    found = damaged(binary, Damage("missing", 0.4, 2))
    starts = torch.randn(2, 3, generator=torch.Generator().manual_seed(0))
    state = next(latent_fit(vae, found, starts, steps=1))
    logits = vae.decoder_output(starts)
    nats = torch.nn.functional.binary_cross_entropy_with_logits(logits, binary.expand(2, -1, -1, -1), reduction="none")
    expected = (nats * found.visible).sum(dim=(1, 2, 3)) - vae.log_prior(starts)
    assert torch.allclose(state.costs, expected, atol=1e-4)


@pytest.mark.parametrize("likelihood", sorted(LIKELIHOODS))
def test_every_likelihood_can_be_fitted(likelihood: str) -> None:
    vae = model(likelihood=likelihood)
    found = damaged(IMAGES[:1], Damage("missing", 0.3, 0))
    states = list(latent_fit(vae, found, fit_starts(vae, found, count=3), steps=5))
    assert torch.isfinite(states[-1].costs).all()
    assert states[-1].costs.min() <= states[0].costs.min()


@pytest.mark.parametrize("kind", [kind for kind in NOISE_KINDS if is_noise(Damage(kind, 0.3))])
def test_noise_that_is_known_makes_the_true_picture_likelier_than_a_shifted_one(kind: str) -> None:
    found = damaged(IMAGES[:1], Damage(kind, 0.3, 0))
    pictures = torch.cat([IMAGES[:1], IMAGES[:1].roll(1, dims=3), 1 - IMAGES[:1]])
    logs = observation_log_prob(found.damage, pictures, found.images).sum(dim=(1, 2, 3))
    assert logs.argmax() == 0


def test_hidden_kinds_are_no_noise() -> None:
    assert [kind for kind in NOISE_KINDS if not is_noise(Damage(kind, 0.5))] == ["none", "missing", "occlusion"]
    assert not is_noise(Damage("gaussian", 0.0))


def test_a_cut_off_normal_has_the_mean_that_samples_have() -> None:
    torch.manual_seed(0)
    pictures = torch.tensor([0.0, 0.5, 0.95]).view(1, 1, 1, 3)
    drawn = (pictures + 0.4 * torch.randn(200_000, 1, 1, 3)).clamp(0, 1).mean(dim=0, keepdim=True)
    at = lambda value: observation_log_prob(Damage("gaussian", 0.4), pictures, value)  # noqa: E731
    assert (at(drawn) > torch.maximum(at(drawn - 0.01), at(drawn + 0.01))).all()  # a normal is highest at its mean


def test_conditional_and_plain_models_are_fitted_too() -> None:
    found = damaged(IMAGES[:1], Damage("missing", 0.3, 0))
    vae, labels = model(classes=4), torch.tensor([2])
    assert last(latent_fit(vae, found, fit_starts(vae, found, labels=labels), steps=3, labels=labels)).step == 3
    point = model(posterior="point")
    starts = fit_starts(point, found, count=4)
    assert starts.shape == (4, 3)
    state = next(latent_fit(point, found, starts, steps=1))
    expected = -(point.decode(starts).log_prob(found.images.expand(4, -1, -1, -1)) * found.visible).sum(dim=(1, 2, 3))
    assert torch.allclose(state.costs, expected, atol=1e-4)  # no prior in it


def test_refusals_say_value_rule_and_way_out() -> None:
    vae = model()
    whole = damaged(IMAGES[:1], Damage(), torch.ones(8, 8, dtype=torch.bool))
    starts = torch.zeros(2, 3)
    with pytest.raises(ValueError, match=r"No pixel is visible: the hole covers all.*Make the hole smaller"):
        next(latent_fit(vae, whole, starts))
    some = damaged(IMAGES[:1], Damage())
    with pytest.raises(ValueError, match="There are 3 pictures; a fit takes 1"):
        next(latent_fit(vae, damaged(IMAGES, Damage()), starts))
    with pytest.raises(ValueError, match=r"The starts have shape \(2, 4\); they must be \(K, 3\)"):
        next(latent_fit(vae, some, torch.zeros(2, 4)))
    with pytest.raises(ValueError, match="steps is 0"):
        next(latent_fit(vae, some, starts, steps=0))
    with pytest.raises(ValueError, match="count is 0"):
        fit_starts(vae, replace(some), count=0)
