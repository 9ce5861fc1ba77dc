"""The model: images to a distribution over latents and back."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal

from tests.tiny import tiny_vae
from vae_core.settings import ModelSettings
from vae_core.vae import bounded_log_variance, build_vae


def model(**changes: object) -> ModelSettings:
    values = {
        "network": "mlp",
        "image_shape": (1, 8, 8),
        "latent_dim": 2,
        "likelihood": "gaussian",
        "hidden": (16,),
    }
    return ModelSettings(**{**values, **changes})


@pytest.mark.parametrize("network", ["mlp", "conv"])
@pytest.mark.parametrize(("likelihood", "kind"), [("bernoulli", Bernoulli), ("gaussian", Normal)])
def test_encoder_and_decoder_return_distributions(network: str, likelihood: str, kind: type) -> None:
    vae = tiny_vae(model(network=network, likelihood=likelihood, image_shape=(3, 9, 14), latent_dim=4))
    posterior = vae.encode(torch.rand(5, 3, 9, 14))
    assert isinstance(posterior, Normal)
    assert posterior.batch_shape == (5, 4)
    pixels = vae.decode(posterior.mean)
    assert isinstance(pixels, kind)
    assert pixels.batch_shape == (5, 3, 9, 14)
    assert pixels.event_shape == ()
    torch.testing.assert_close(vae.decode_mean(posterior.mean), pixels.mean)


def test_prior_is_standard_normal() -> None:
    prior = tiny_vae(model(latent_dim=3)).prior()
    assert prior.batch_shape == (3,)
    assert torch.equal(prior.mean, torch.zeros(3))
    assert torch.equal(prior.stddev, torch.ones(3))


def test_a_batch_decodes_as_its_rows_do() -> None:
    vae = tiny_vae(model(network="conv", hidden=(8, 8)))
    latents = torch.randn(6, 2, generator=torch.Generator().manual_seed(1))
    one_by_one = torch.cat([vae.decode_mean(row[None]) for row in latents])
    torch.testing.assert_close(vae.decode_mean(latents), one_by_one)


@settings(deadline=None)
@given(st.floats(-(2.0**100), 2.0**100, width=32))
def test_log_variance_is_bounded(raw: float) -> None:
    bounded = bounded_log_variance(torch.tensor(raw)).item()
    assert -14 <= bounded <= 14
    assert abs(bounded) <= abs(raw) * (1 + 1e-6) + 1e-40  # the last: float32 below its normal range


@settings(deadline=None)
@given(st.floats(-60, 60), st.floats(0.01, 10))
def test_the_bound_keeps_the_order(raw: float, step: float) -> None:
    low, high = bounded_log_variance(torch.tensor([raw, raw + step], dtype=torch.float64))
    assert low < high


def test_the_bound_is_smooth_and_leaves_small_values_alone() -> None:
    raw = torch.linspace(-30, 30, 601, dtype=torch.float64, requires_grad=True)
    bounded_log_variance(raw).sum().backward()
    assert (raw.grad > 0).all()
    assert (raw.grad.diff().abs() < 0.01).all()
    assert bounded_log_variance(torch.tensor(0.5)).item() == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_an_extreme_encoder_still_gives_finite_spreads_and_gradients(scale: float) -> None:
    vae = build_vae(model(), seed=0)
    vae.encoder[-1].bias.data[2:] = scale
    posterior = vae.encode(torch.rand(2, 1, 8, 8))
    spread = posterior.stddev
    assert spread.isfinite().all()
    assert (spread >= math.exp(-7) * (1 - 1e-5)).all()
    assert (spread <= math.exp(7) * (1 + 1e-5)).all()
    spread.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in vae.encoder.parameters())


def test_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first = build_vae(model(), seed=5).state_dict()
    torch.manual_seed(2)
    second = build_vae(model(), seed=5).state_dict()
    other = build_vae(model(), seed=6).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["decoder.0.weight"], other["decoder.0.weight"])


def test_building_leaves_the_global_random_state_alone() -> None:
    before = torch.get_rng_state()
    build_vae(model(), seed=5)
    assert torch.equal(torch.get_rng_state(), before)


def test_wrong_image_shape_is_named() -> None:
    with pytest.raises(ValueError, match=r"shape \(4, 1, 28, 28\); this model takes \(B, 1, 8, 8\)\. Resize"):
        tiny_vae(model()).encode(torch.zeros(4, 1, 28, 28))


@pytest.mark.parametrize("shape", [(4, 3), (2,), (1, 2, 2)])
def test_wrong_latent_shape_is_named(shape: tuple[int, ...]) -> None:
    vae = tiny_vae(model())
    for decode in (vae.decode, vae.decode_mean):
        with pytest.raises(ValueError, match=r"this model takes \(B, 2\)\. Choose a model"):
            decode(torch.zeros(shape))
