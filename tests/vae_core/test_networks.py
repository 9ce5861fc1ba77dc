"""Networks for every image shape from 8×8 to 128×128."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from vae_core.networks import default_hidden
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

SIDES = st.integers(8, 128)


def model(
    network: str,
    image_shape: tuple[int, int, int],
    hidden: tuple[int, ...] | None = None,
    latent_dim: int = 3,
) -> ModelSettings:
    return ModelSettings(
        network=network,
        image_shape=image_shape,
        latent_dim=latent_dim,
        likelihood="gaussian",
        hidden=hidden or default_hidden(network, image_shape),
    )


def build_encoder(settings: ModelSettings) -> nn.Module:
    return VAE(settings).encoder


def build_decoder(settings: ModelSettings) -> nn.Module:
    return VAE(settings).decoder


def shapes_through(settings: ModelSettings, batch: int = 2) -> tuple[torch.Size, torch.Size]:
    """What encoder and decoder give, computed on shapes alone."""
    with torch.device("meta"):
        encoded = build_encoder(settings)(torch.empty(batch, *settings.image_shape))
        decoded = build_decoder(settings)(torch.empty(batch, settings.latent_dim))
    return encoded.shape, decoded.shape


@pytest.mark.parametrize("network", ["mlp", "conv"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_square_shape(network: str, channels: int) -> None:
    for side in range(8, 129):
        encoded, decoded = shapes_through(model(network, (channels, side, side)))
        assert encoded == (2, 6), side
        assert decoded == (2, channels, side, side), side


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["mlp", "conv"]),
    st.tuples(st.sampled_from([1, 3]), SIDES, SIDES),
    st.lists(st.integers(1, 12), min_size=1, max_size=8),
)
def test_any_shape_and_any_depth(network: str, shape: tuple[int, int, int], hidden: list[int]) -> None:
    encoded, decoded = shapes_through(model(network, shape, tuple(hidden)))
    assert encoded == (2, 6)
    assert decoded == (2, *shape)


@pytest.mark.parametrize("network", ["mlp", "conv"])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 9, 127), (1, 28, 20), (3, 128, 128)])
def test_real_numbers_pass_through(network: str, shape: tuple[int, int, int]) -> None:
    settings = model(network, shape)
    decoded = build_decoder(settings)(torch.zeros(1, 3))
    assert decoded.shape == (1, *shape)
    assert build_encoder(settings)(decoded).isfinite().all()


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_each_pixel_depends_on_the_latent(network: str) -> None:
    torch.manual_seed(0)
    decoder = build_decoder(model(network, (1, 21, 10)))
    first, second = decoder(torch.tensor([[-3.0, 1, 2], [3.0, -1, 0]]))
    assert (first != second).all()


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_each_pixel_reaches_the_posterior(network: str) -> None:
    torch.manual_seed(0)
    image = torch.rand(1, 1, 15, 11, requires_grad=True)
    build_encoder(model(network, (1, 15, 11)))(image).square().sum().backward()
    assert (image.grad != 0).all()


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_one_flat_sequence_of_few_layers(network: str) -> None:
    decoder = build_decoder(model(network, (1, 28, 28)))
    assert isinstance(decoder, nn.Sequential)
    assert not any(isinstance(layer, nn.Sequential) for layer in decoder)
    assert len(decoder) <= 8


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_a_28_by_28_model_is_below_two_megabytes(network: str) -> None:
    settings = model(network, (1, 28, 28), latent_dim=16)
    networks = nn.ModuleList([build_encoder(settings), build_decoder(settings)])
    assert 4 * sum(parameter.numel() for parameter in networks.parameters()) < 2_000_000


def test_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"network is 'gru'; it must be one of .*conv.*\. Choose"):
        default_hidden("gru", (1, 8, 8))
