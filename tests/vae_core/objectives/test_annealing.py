"""The weight of the KL: warm-up, cycles, β, free bits, at moments that are known."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.objectives import Batch, ElboTerms, Moment, build_objective, elbo_terms, run_model
from vae_core.objectives.annealing import annealed
from vae_core.objectives.weighted_elbo import free_bits_kl, weighted_loss


@pytest.mark.parametrize(
    ("progress", "warmup", "cycles", "wanted"),
    [
        (0.0, 0.0, 1, 1.0),
        (0.0, 0.4, 1, 0.0),
        (0.1, 0.4, 1, 0.25),
        (0.4, 0.4, 1, 1.0),
        (0.7, 0.4, 1, 1.0),
        (0.5, 1.0, 1, 0.5),
        (1.0, 1.0, 1, 1.0),
        # four cycles of a quarter of the run each; without a warm-up the rise takes half of each
        (0.0, 0.0, 4, 0.0),
        (0.0625, 0.0, 4, 0.5),
        (0.125, 0.0, 4, 1.0),
        (0.2, 0.0, 4, 1.0),
        (0.25, 0.0, 4, 0.0),
        (0.8125, 0.0, 4, 0.5),
        (1.0, 0.0, 4, 1.0),
        (0.0625, 1.0, 4, 0.25),
    ],
)
def test_the_share_at_a_moment(progress: float, warmup: float, cycles: int, wanted: float) -> None:
    assert annealed(progress, warmup, cycles) == pytest.approx(wanted)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 8))
def test_the_share_is_one_at_the_end_whatever_the_settings(progress: float, warmup: float, cycles: int) -> None:
    assert 0 <= annealed(progress, warmup, cycles) <= 1
    assert annealed(1.0, warmup, cycles) == 1.0


@pytest.mark.parametrize("name", ["elbo", "beta-vae"])
@pytest.mark.parametrize(("progress", "weight"), [(0.0, 0.0), (0.25, 2.0), (0.5, 4.0), (1.0, 4.0)])
def test_the_loss_carries_the_weight_of_the_moment(name: str, progress: float, weight: float) -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings(name, beta=4.0, warmup=0.5))
    terms = objective(vae, Batch(images), generator(1), Moment(progress))
    wanted = terms.elbo.reconstruction.mean() + weight * terms.elbo.kl.mean()
    torch.testing.assert_close(terms.loss, wanted)


def test_the_sampled_kl_is_that_of_the_draws() -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings(samples=3, sampled_kl=True))
    terms = objective(vae, Batch(images), generator(1), Moment()).elbo
    done = run_model(vae, Batch(images), generator(1), 3)
    ratio = done.posterior.log_prob(done.latents) - vae.prior().log_prob(done.latents)
    torch.testing.assert_close(terms.kl, ratio.sum(dim=2).mean(dim=0))
    torch.testing.assert_close(terms.kl_per_dimension, ratio.mean(dim=0))
    assert not torch.allclose(terms.kl, elbo_terms(vae, done).kl)


def test_free_bits_are_a_floor_per_dimension_after_the_mean_over_the_batch() -> None:
    kl = torch.tensor([[0.0, 2.0], [0.6, 4.0]], requires_grad=True)  # means 0.3 and 3
    cost = free_bits_kl(kl, 0.5)
    assert cost.item() == pytest.approx(0.5 + 3.0)
    cost.backward()
    torch.testing.assert_close(kl.grad, torch.tensor([[0.0, 0.5], [0.0, 0.5]]))


def test_free_bits_reach_the_loss() -> None:
    vae, images = learning_vae(), digits()[0]
    settings = training_settings(free_bits=100.0, beta=2.0)
    terms = build_objective(model_settings(), settings)(vae, Batch(images), generator(), Moment())
    torch.testing.assert_close(terms.loss, terms.elbo.reconstruction.mean() + 2 * 300)


def test_free_bits_of_zero_change_nothing() -> None:
    kl = torch.rand(5, 3, generator=generator())
    terms = ElboTerms(-kl.sum(dim=1), torch.zeros(5), kl.sum(dim=1), kl)
    torch.testing.assert_close(free_bits_kl(kl, 0.0), weighted_loss(terms, 1.0))


def test_free_bits_under_a_prior_with_dependent_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"free_bits is 0\.5 and the prior is mixture; .* Choose the prior normal"):
        build_objective(model_settings(prior="mixture"), training_settings(free_bits=0.5))
