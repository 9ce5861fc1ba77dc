"""Warnings over made records: each appears where it should, and nothing is said of a run that goes well."""

from __future__ import annotations

import math

import pytest
import torch

from vae_core.settings import ModelSettings
from vae_core.training.health import LayerHealth, NetworkHealth, network_health
from vae_core.training.warnings import run_warnings
from vae_core.vae import build_vae


def records(train: list[float], validation: list[float] | None = None, kl: tuple[float, ...] = (3.0, 2.0)) -> list:
    pairs = zip(train, validation or train, strict=True)
    return [
        {"epoch": epoch, "train_loss": one, "validation_loss": other, "kl_per_dimension": kl}
        for epoch, (one, other) in enumerate(pairs, start=1)
    ]


def kinds(*given, **facts) -> list[str]:
    return [warning.kind for warning in run_warnings(*given, **facts)]


FALLING = [100 + 100 * 0.8**epoch for epoch in range(20)]


def test_a_run_that_goes_well_has_none() -> None:
    assert run_warnings(records(FALLING), 20) == ()
    assert run_warnings([], 20) == ()


def test_no_dimension_awake_is_posterior_collapse_and_says_what_to_do() -> None:
    (warning,) = run_warnings(records(FALLING, kl=(0.01, 0.02)), 20)
    assert warning.kind == "collapse"
    assert "None of the 2 latent dimensions" in warning.text
    assert "Lower β" in warning.advice


def test_most_dimensions_asleep_is_a_milder_word_than_collapse() -> None:
    (warning,) = run_warnings(records(FALLING, kl=(2.0, *[0.0] * 7)), 20)
    assert warning.kind == "asleep"
    assert warning.title == "7 of 8 dimensions carry nothing"


def test_a_sleeping_dimension_is_let_be_while_the_kl_warms_up_and_without_a_kl() -> None:
    asleep = records(FALLING, kl=(0.0, 0.0))
    assert kinds(asleep[:2], 20) == []
    assert kinds(asleep[:9], 20, warmup=0.5) == []
    assert kinds(asleep[:10], 20, warmup=0.5) == ["collapse"]
    assert kinds(asleep, 20, is_point=True) == []


def test_a_validation_loss_that_turns_while_training_falls_is_overfitting() -> None:
    turning = FALLING[:8] + [FALLING[7] + 2 * step for step in range(1, 13)]
    (warning,) = run_warnings(records(FALLING, turning), 20)
    assert warning.kind == "overfitting"
    assert f"best in epoch 8 ({FALLING[7]:.2f} nats)" in warning.text
    assert kinds(records(FALLING[:12], turning[:12]), 20) == [], "four epochs are no trend"
    assert kinds(records(FALLING, turning), 20, changed=15) == [], "five alike epochs after a change of β"


def test_a_plateau_is_no_overfitting() -> None:
    flat = FALLING[:8] + [FALLING[7] + 0.01] * 12
    assert kinds(records(FALLING, flat), 20) == []


def test_a_training_loss_that_rises_again_is_divergence() -> None:
    rising = [*FALLING[:6], 150.0, 190.0, 260.0]
    assert kinds(records(rising), 20) == ["divergence"]
    assert kinds(records([*rising[:8], 120.0]), 20) == [], "one bad epoch"
    assert kinds(records(rising), 20, changed=7) == [], "β was raised in epoch 7"


def test_sigma_and_dead_units_come_from_the_health() -> None:
    ill = NetworkHealth((LayerHealth("encoder 1", 3, 64), LayerHealth("encoder 2", 20, 64)), 0.2)
    sigma, dead = run_warnings(records(FALLING), 20, health=ill)
    assert "20 % of the posteriors' σ" in sigma.text
    assert "20 of 64 units of hidden layer encoder 2" in dead.text
    assert kinds(records(FALLING), 20, health=NetworkHealth((), None)) == []
    assert NetworkHealth.from_facts(ill.as_facts()) == ill


@pytest.mark.parametrize("network", ["mlp", "conv", "residual"])
def test_the_health_of_a_network_finds_the_units_that_were_killed(network: str) -> None:
    torch.manual_seed(0)
    settings = ModelSettings(
        network=network, image_shape=(1, 8, 8), latent_dim=3, likelihood="gaussian", hidden=(16,), activation="relu"
    )
    vae, images = build_vae(settings, 0), torch.rand(40, 1, 8, 8)
    before = network_health(vae, images)
    first = next(module for module in vae.encoder.modules() if isinstance(module, torch.nn.Linear | torch.nn.Conv2d))
    with torch.no_grad():
        first.weight[:5] = 0
        first.bias[:5] = -1.0
    after = network_health(vae, images)
    assert after.layers[0].dead == before.layers[0].dead + 5
    assert after.layers[0].layer == "encoder 1"
    assert after.layers[0].units == 16
    assert before.saturated == after.saturated == 0
    assert not any(module._forward_hooks for module in vae.modules()), "the hooks are taken away again"


def test_sigma_at_its_bound_is_counted_and_a_plain_autoencoder_has_none() -> None:
    settings = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=4, likelihood="gaussian", hidden=(16,))
    vae, images = build_vae(settings, 0), torch.rand(8, 1, 8, 8)
    with torch.no_grad():
        vae.encoder[-1].bias[4] = -1000.0  # log σ² of the first of four dimensions
    assert math.isclose(network_health(vae, images).saturated, 0.25)
    point = build_vae(settings.model_copy(update={"posterior": "point"}), 0)
    assert network_health(point, images).saturated is None
