"""The transposed convolution of the conv network beside torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from vae_core.networks.transposed import ConvTranspose2d

SHAPES = [  # channels in and out, kernel, stride, padding, height, width
    (5, 1, 4, 2, 1, 6, 3),  # few channels: by a product of matrices
    (5, 3, 4, 2, 1, 1, 1),
    (5, 4, 4, 2, 1, 3, 7),
    (3, 6, 4, 2, 1, 4, 5),
    (3, 2, 3, 2, 1, 4, 5),  # an odd axis
    (3, 2, (4, 3), (2, 1), 1, 4, 5),
]


def pair_of_layers(shape: tuple, dtype: torch.dtype) -> tuple[nn.Module, nn.Module, Tensor]:
    """Ours and torch's with the same weights, and maps."""
    channels_in, channels_out, kernel, stride, padding, height, width = shape
    torch.manual_seed(0)
    ours = ConvTranspose2d(channels_in, channels_out, kernel, stride, padding, dtype=dtype)
    plain = nn.ConvTranspose2d(channels_in, channels_out, kernel, stride, padding, dtype=dtype)
    plain.load_state_dict(ours.state_dict())
    return ours, plain, torch.randn(4, channels_in, height, width, dtype=dtype)


def gradients(layer: nn.Module, maps: Tensor) -> list[Tensor]:
    """The result, and the gradients of a sum of its squares to the maps, the weights and the bias."""
    given = maps.clone().requires_grad_()
    result = layer(given)
    result.square().sum().backward()
    return [result.detach(), given.grad, layer.weight.grad, layer.bias.grad]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_results_and_gradients_are_those_of_torch(shape: tuple, layout: torch.memory_format) -> None:
    ours, plain, maps = pair_of_layers(shape, torch.float64)
    found = gradients(ours.to(memory_format=layout), maps.to(memory_format=layout))
    for mine, theirs in zip(found, gradients(plain, maps), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_gradients_of_gradients_are_those_of_differences(shape: tuple) -> None:
    ours, _, maps = pair_of_layers(shape, torch.float64)
    assert torch.autograd.gradcheck(ours, (maps[:2].requires_grad_(),))
    assert torch.autograd.gradgradcheck(ours, (maps[:2].requires_grad_(),))


def test_it_works_under_vmap_and_vjp() -> None:
    ours, plain, maps = pair_of_layers(SHAPES[0], torch.float64)

    def rows(layer: nn.Module) -> Tensor:
        return torch.func.jacrev(lambda given: layer(given).mean(dim=(0, 1, 3)))(maps[:1])

    torch.testing.assert_close(rows(ours), rows(plain))


def test_what_is_not_trained_is_the_layer_of_torch_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, plain, maps = pair_of_layers(SHAPES[0], torch.float32)
    monkeypatch.setattr("vae_core.networks.transposed.doubled", None)  # whoever calls it fails
    with pytest.raises(TypeError):
        ours(maps)
    with torch.no_grad():
        assert torch.equal(ours(maps), plain(maps))
    assert torch.equal(ours.requires_grad_(False)(maps), plain(maps))
    with torch.device("meta"):
        assert ConvTranspose2d(2, 1, 4, 2, 1)(torch.empty(3, 2, 5, 5)).shape == (3, 1, 10, 10)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mixed", [True, False])
def test_bfloat16_is_that_of_torch_and_thin_results_are_not_rounded(shape: tuple, mixed: bool) -> None:
    ours, plain, maps = pair_of_layers(shape, torch.float32 if mixed else torch.bfloat16)
    thin = shape[:5] in [(5, out, 4, 2, 1) for out in (1, 3, 4)]
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        assert ours(maps).dtype == (torch.float32 if mixed and thin else torch.bfloat16)
        found, expected = gradients(ours, maps), gradients(plain, maps)
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(
            mine.float(), theirs.float(), rtol=0.02, atol=0.02 * float(theirs.abs().max()), check_dtype=False
        )
