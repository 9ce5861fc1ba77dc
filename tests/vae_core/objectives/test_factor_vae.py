"""FactorVAE: the permutation, the discriminator and what it says of a known total correlation."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.noise import Noise
from vae_core.objectives import Batch, Moment, build_objective
from vae_core.objectives.factor_vae import (
    discriminator,
    discriminator_loss,
    log_density_ratio,
    permuted_dimensions,
)
from vae_core.training.step import TrainingStep

RHO = 0.8


def correlated(count: int, noise: torch.Generator) -> Tensor:
    first, second = torch.randn(2, count, generator=noise)
    return torch.stack([first, RHO * first + math.sqrt(1 - RHO**2) * second], dim=1)


def test_the_permutation_keeps_each_marginal_and_mixes_across_the_batch() -> None:
    latents = torch.arange(60.0).view(20, 3)
    mixed = permuted_dimensions(latents, generator())
    assert torch.equal(mixed.sort(dim=0).values, latents)  # each dimension holds the values it held
    assert not torch.equal(mixed, latents)
    rows = mixed.div(3).floor()  # from which row each value came
    assert (rows[:, 0] != rows[:, 1]).any() and (rows[:, 1] != rows[:, 2]).any()  # each in an order of its own


def test_the_permutation_takes_the_correlation_away() -> None:
    latents = correlated(20_000, generator())
    mixed = permuted_dimensions(latents, generator(1))
    assert torch.corrcoef(latents.T)[0, 1].item() == pytest.approx(RHO, abs=0.02)
    assert abs(torch.corrcoef(mixed.T)[0, 1].item()) < 4 / math.sqrt(20_000)


def test_every_process_permutes_alike() -> None:
    latents = torch.arange(24.0).view(8, 3)
    shares = [Noise(generator(3), start, start + 4, 8) for start in (0, 4)]
    assert all(
        torch.equal(permuted_dimensions(latents, share), permuted_dimensions(latents, generator(3))) for share in shares
    )


def test_the_discriminator_is_six_layers_of_leaky_relu() -> None:
    layers = list(discriminator(3))
    assert sum(isinstance(layer, nn.LeakyReLU) for layer in layers) == 6
    assert layers[-1].out_features == 2 and layers[0].in_features == 3


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_a_judge_that_knows_nothing_loses_log_two(count: int) -> None:
    def undecided(latents: Tensor) -> Tensor:
        return torch.zeros(len(latents), 2)

    loss = discriminator_loss(undecided, torch.randn(count, 3), generator())
    assert loss.item() == pytest.approx(math.log(2))


def test_a_trained_discriminator_finds_the_total_correlation_of_correlated_gaussians() -> None:
    noise = generator()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        judge = discriminator(2, width=32)
    optimizer = torch.optim.Adam(judge.parameters(), lr=3e-3, betas=(0.5, 0.9))
    fading = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=300)
    for _ in range(300):
        optimizer.zero_grad()
        discriminator_loss(judge, correlated(1000, noise), noise).backward()
        optimizer.step()
        fading.step()
    with torch.no_grad():
        found = log_density_ratio(judge(correlated(20_000, noise))).mean().item()
    assert found == pytest.approx(-0.5 * math.log(1 - RHO**2), abs=0.04)  # 0.51 nats


def test_the_loss_holds_the_kl_and_the_density_ratio_of_the_same_latents() -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings("factor-vae", penalty=7.0))
    terms = objective(vae, Batch(images), generator(1), Moment())
    logits = objective.discriminator(terms.latents)
    ratio = (logits[:, 0] - logits[:, 1]).mean()
    torch.testing.assert_close(terms.loss, -terms.elbo.elbo.mean() + 7 * ratio)
    torch.testing.assert_close(terms.parts["total_correlation"], ratio.detach())


def test_the_models_step_gives_the_discriminator_no_gradient_and_its_own_step_none_to_the_model() -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings("factor-vae"))
    terms = objective(vae, Batch(images), generator(1), Moment())
    terms.loss.backward()
    assert all(parameter.grad is None for parameter in objective.parameters())
    assert all(parameter.grad is not None for parameter in vae.parameters())
    before = [parameter.grad.clone() for parameter in vae.parameters()]
    objective.adversary_loss(terms.latents.detach(), generator(2), Moment()).backward()
    assert all(parameter.grad is not None for parameter in objective.parameters())
    assert all(torch.equal(old, new.grad) for old, new in zip(before, vae.parameters(), strict=True))


def test_a_step_of_training_moves_model_and_discriminator_with_their_own_adam() -> None:
    settings = training_settings("factor-vae")
    vae, objective = learning_vae(), build_objective(model_settings(), settings)
    step = TrainingStep(vae, objective, settings, generator())
    before = [parameter.clone() for parameter in objective.parameters()]
    pixels = (digits()[0] * 255).to(torch.uint8)
    step(pixels, Moment())
    assert not any(torch.equal(old, new) for old, new in zip(before, objective.parameters(), strict=True))
    assert step.adversary_optimizer.param_groups[0]["betas"] == (0.5, 0.9)
    assert step.optimizer.param_groups[0]["betas"] == (0.9, 0.999)
