"""Networks for every image shape from 8×8 to 128×128."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from vae_core.networks import ACTIVATIONS, default_hidden
from vae_core.networks.residual import ResidualBlock
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

SIDES = st.integers(8, 128)
KINDS = ["mlp", "conv", "residual"]


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


@pytest.mark.parametrize("network", KINDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_square_shape(network: str, channels: int) -> None:
    for side in range(8, 129):
        encoded, decoded = shapes_through(model(network, (channels, side, side)))
        assert encoded == (2, 6), side
        assert decoded == (2, channels, side, side), side


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.tuples(st.sampled_from([1, 3]), SIDES, SIDES),
    st.lists(st.integers(1, 12), min_size=1, max_size=8),
)
def test_any_shape_and_any_depth(network: str, shape: tuple[int, int, int], hidden: list[int]) -> None:
    encoded, decoded = shapes_through(model(network, shape, tuple(hidden)))
    assert encoded == (2, 6)
    assert decoded == (2, *shape)


@pytest.mark.parametrize("network", KINDS)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 9, 127), (1, 28, 20), (3, 128, 128)])
def test_real_numbers_pass_through(network: str, shape: tuple[int, int, int]) -> None:
    settings = model(network, shape)
    decoded = build_decoder(settings)(torch.zeros(1, 3))
    assert decoded.shape == (1, *shape)
    assert build_encoder(settings)(decoded).isfinite().all()


@pytest.mark.parametrize("network", KINDS)
def test_each_pixel_depends_on_the_latent(network: str) -> None:
    torch.manual_seed(0)
    decoder = build_decoder(model(network, (1, 21, 10)))
    first, second = decoder(torch.tensor([[-3.0, 1, 2], [3.0, -1, 0]]))
    assert (first != second).all()


@pytest.mark.parametrize("network", KINDS)
def test_each_pixel_reaches_the_posterior(network: str) -> None:
    torch.manual_seed(0)
    image = torch.rand(1, 1, 15, 11, requires_grad=True)
    build_encoder(model(network, (1, 15, 11)))(image).square().sum().backward()
    assert (image.grad != 0).all()


@pytest.mark.parametrize("network", KINDS)
def test_one_flat_sequence_of_few_layers(network: str) -> None:
    decoder = build_decoder(model(network, (1, 28, 28)))
    assert isinstance(decoder, nn.Sequential)
    assert not any(isinstance(layer, nn.Sequential) for layer in decoder)
    assert len(decoder) <= 8


@pytest.mark.parametrize("network", KINDS)
def test_a_28_by_28_model_is_below_two_megabytes(network: str) -> None:
    settings = model(network, (1, 28, 28), latent_dim=16)
    networks = nn.ModuleList([build_encoder(settings), build_decoder(settings)])
    assert 4 * sum(parameter.numel() for parameter in networks.parameters()) < 2_000_000


@pytest.mark.parametrize("network", KINDS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_taken(network: str, activation: str) -> None:
    settings = model(network, (1, 9, 8)).model_copy(update={"activation": activation})
    kinds = {type(layer) for layer in VAE(settings).modules()} & set(ACTIVATIONS.values())
    assert kinds == {ACTIVATIONS[activation]}


@pytest.mark.parametrize("network", KINDS)
@pytest.mark.parametrize("likelihood", ["discretised-logistic", "categorical"])
def test_a_conditional_model_with_several_outputs_per_value(network: str, likelihood: str) -> None:
    settings = ModelSettings(
        network=network,
        image_shape=(3, 9, 14),
        latent_dim=3,
        likelihood=likelihood,
        hidden=(4, 6),
        classes=5,
        levels=7,
    )
    vae, labels = VAE(settings), torch.tensor([0, 4])
    posterior = vae.encode(torch.rand(2, 3, 9, 14), labels)
    assert posterior.batch_shape == (2, 3)
    per_value = {"discretised-logistic": 2, "categorical": 7}[likelihood]
    assert vae.decoder_output(posterior.mean, labels).shape == (2, 3 * per_value, 9, 14)
    other = vae.decode_mean(posterior.mean, torch.tensor([1, 2]))
    assert (vae.decode_mean(posterior.mean, labels) != other).any(dim=3).all()


def test_a_residual_block_starts_as_the_identity() -> None:
    maps = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0))
    block = ResidualBlock(4, nn.SiLU)
    assert torch.equal(block(maps), maps)
    nn.init.ones_(block.second.weight)
    assert (block(maps) != maps).all()


def test_a_decode_is_few_operators() -> None:
    """Each operator gives the interpreter lock up, and the live path waits for it."""
    for network, most in (("mlp", 12), ("conv", 20), ("residual", 45)):
        vae = VAE(model(network, (1, 28, 28))).eval()
        counter = Counter()
        with torch.inference_mode(), counter:
            vae.decode_mean(torch.zeros(1, 3))
        assert counter.calls <= most, (network, counter.calls)


class Counter(TorchDispatchMode):
    """Counts the operators that run."""

    calls = 0

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        self.calls += 1
        return operator(*args, **(kwargs or {}))


def test_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"network is 'gru'; it must be one of .*conv.*\. Choose"):
        default_hidden("gru", (1, 8, 8))
