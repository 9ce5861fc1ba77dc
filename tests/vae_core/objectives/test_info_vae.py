"""InfoVAE: the MMD of samples that are the same, and of Gaussians, whose MMD is known."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, Normal

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.objectives import Batch, Moment, build_objective
from vae_core.objectives.info_vae import prior_draws, squared_mmd
from vae_core.vae import VAE


def expected_kernel(shift: float, first: float, second: float, dimensions: int) -> float:
    """E exp(−‖a − b‖² / (2 D)) for a, b normal with these variances and means ``shift`` apart in each dimension."""
    wide = dimensions + first + second
    return (math.sqrt(dimensions / wide) * math.exp(-(shift**2) / (2 * wide))) ** dimensions


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_the_mmd_is_zero_for_the_same_sample_and_never_below(seed: int) -> None:
    first, second = torch.randn(2, 20, 3, generator=generator(seed))
    assert squared_mmd(first, first[torch.randperm(20, generator=generator(1))]).item() == pytest.approx(0.0, abs=1e-6)
    assert squared_mmd(first, second).item() > 0
    torch.testing.assert_close(squared_mmd(first, second), squared_mmd(second, first))


@pytest.mark.parametrize(("shift", "variance"), [(0.0, 1.0), (1.0, 1.0), (0.0, 0.25), (2.0, 0.25)])
def test_the_mmd_of_gaussians_is_the_closed_form(shift: float, variance: float) -> None:
    dimensions, count, repetitions = 2, 200, 60
    noise = generator()
    draws = torch.randn(repetitions, 2, count, dimensions, generator=noise)
    found = torch.stack([squared_mmd(shift + math.sqrt(variance) * first, second) for first, second in draws])
    alike = [expected_kernel(0, variance, variance, dimensions), expected_kernel(0, 1, 1, dimensions)]
    distance = sum(alike) - 2 * expected_kernel(shift, variance, 1, dimensions)
    bias = (2 - sum(alike)) / count
    error = found.std().item() / math.sqrt(repetitions)
    assert error < 0.01
    assert found.mean().item() == pytest.approx(distance + bias, abs=4 * error)


def test_the_loss_holds_the_kl_and_the_mmd_with_their_weights() -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings("info-vae", beta=0.25, penalty=500.0))
    terms = objective(vae, Batch(images), generator(1), Moment())
    wanted = terms.elbo.reconstruction.mean() + 0.25 * terms.elbo.kl.mean() + 500 * terms.parts["squared_mmd"]
    torch.testing.assert_close(terms.loss, wanted)
    assert terms.parts["squared_mmd"].item() > 0


def test_training_with_the_mmd_alone_draws_the_latents_to_the_prior() -> None:
    vae, (images, _) = learning_vae(), digits(100)
    objective = build_objective(model_settings(), training_settings("info-vae", beta=0.0, penalty=3000.0))
    optimizer, noise = torch.optim.Adam(vae.parameters(), lr=3e-3), generator()
    found = []
    for _ in range(200):
        optimizer.zero_grad()
        terms = objective(vae, Batch(images), noise, Moment())
        terms.loss.backward()
        optimizer.step()
        found.append(terms.parts["squared_mmd"].item())
    assert sum(found[-20:]) < 0.5 * sum(found[:20])


def test_draws_from_another_prior_repeat_by_seed_and_leave_the_global_state(monkeypatch: pytest.MonkeyPatch) -> None:
    vae = learning_vae()
    far = Independent(Normal(torch.full((2, 3), 50.0), torch.ones(2, 3)), 1)
    mixture = MixtureSameFamily(Categorical(torch.ones(2)), far)

    def prior(model: VAE) -> Distribution:
        return mixture

    vae.latent_prior = torch.nn.Identity()  # no standard normal
    monkeypatch.setattr(VAE, "prior", prior)
    state = torch.random.get_rng_state()
    first = prior_draws(vae, 5, generator(4))
    assert torch.equal(first, prior_draws(vae, 5, generator(4)))
    assert torch.equal(state, torch.random.get_rng_state())
    assert first.shape == (5, 3) and (first > 40).all()
