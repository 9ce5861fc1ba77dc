"""A transposed convolution that trains faster on a processor: torch's own layer, its slow parts computed another way.

Two parts of torch 2.13 (oneDNN) are slow where activations lie channels last. The gradient of the weights takes three
times as long when that of the bias is asked for in the same call, in bfloat16 too; a sum gives it in a twentieth. And a
map grown to one or three channels leaves most of a vector idle; a product of matrices in float32 does not. Measured as
a whole by benchmarks.conv_training.
"""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d

Pair = tuple[int, int]
THIN = 4  # channels out: up to so many, a product of matrices is faster
DOUBLING = ((4, 4), (2, 2), (1, 1))  # kernel, stride and padding of a stage that doubles both axes
WIDE = (torch.float32, torch.float64)


@final
class ConvTranspose2d(nn.ConvTranspose2d):
    """torch.nn.ConvTranspose2d, with the same weights and, up to rounding, the same results and gradients.

    Under torch.autocast it computes in autocast's type; but few channels out, where that is no faster, in float32: so
    the numbers that a likelihood is made of are not rounded. Off the processor, for other options than kernel, stride
    and padding, and where no weight is trained, it is torch's own layer.
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Maps (B, C, H, W) to maps as torch.nn.ConvTranspose2d."""
        if output_size is None and self._is_plain() and self._is_trained(input):
            given = [tensor.to(self._computed_in(input)) for tensor in (input, self.weight, self.bias)]
            with torch.autocast("cpu", enabled=False):
                return _Transposed.apply(*given, self.stride, self.padding)
        return super().forward(input, output_size)

    def _is_plain(self) -> bool:
        ones = self.dilation == (1, 1) and self.groups == 1 and self.output_padding == (0, 0)
        return ones and self.bias is not None

    def _is_trained(self, maps: Tensor) -> bool:
        fits = maps.ndim == 4 and (torch.is_autocast_enabled("cpu") or maps.dtype == self.weight.dtype)
        return maps.device.type == "cpu" and fits and torch.is_grad_enabled() and self.weight.requires_grad

    def _computed_in(self, maps: Tensor) -> torch.dtype:
        if not torch.is_autocast_enabled("cpu") or self.weight.dtype not in WIDE:
            return maps.dtype
        thin = _is_thin(self.weight, self.stride, self.padding)
        return self.weight.dtype if thin or self.weight.dtype == torch.float64 else torch.get_autocast_dtype("cpu")


class _Transposed(torch.autograd.Function):
    """conv_transpose2d of maps (B, C, H, W), weights (C, out, kernel) and a bias (out,)."""

    generate_vmap_rule = True

    @staticmethod
    def forward(maps: Tensor, weight: Tensor, bias: Tensor, stride: Pair, padding: Pair) -> Tensor:
        if maps.dtype in WIDE and _is_thin(weight, stride, padding):
            return doubled(maps, weight, bias)
        return conv_transpose2d(maps, weight, bias, stride, padding)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        maps, weight, _, ctx.stride, ctx.padding = inputs
        ctx.save_for_backward(maps, weight)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        maps, weight = ctx.saved_tensors
        wanted = [*ctx.needs_input_grad[:2], False]
        of_maps, of_weight, _ = torch.ops.aten.convolution_backward(
            gradient, maps, weight, None, ctx.stride, ctx.padding, (1, 1), True, (0, 0), 1, wanted
        )
        return of_maps, of_weight, gradient.sum(dim=(0, 2, 3)), None, None


def _is_thin(weight: Tensor, stride: Pair, padding: Pair) -> bool:
    return weight.shape[1] <= THIN and (tuple(weight.shape[2:]), stride, padding) == DOUBLING


def doubled(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """conv_transpose2d of kernel 4, stride 2 and padding 1: (B, C, H, W) to (B, out, 2 H, 2 W), for few channels out.

    One product of matrices gives what each pixel adds at each of the kernel's 16 places; of those, four fall on each
    pixel of the result. An even row takes the kernel's row 1 of the row it stands for and row 3 of the one above, an
    odd one its row 2 and row 0 of the one below; columns likewise.
    """
    count, channels, height, width = maps.shape
    out = weight.shape[1]
    pixels = maps.permute(0, 2, 3, 1).reshape(-1, channels)
    placed = (weight.reshape(channels, -1).T @ pixels.T).view(out, 4, 4, count, height, width)
    result = maps.new_empty(count, out, height, 2, width, 2)
    for odd_row, rows in enumerate(_met(placed, places=1, axis=-2)):
        for odd_column, met in enumerate(_met(rows, places=1, axis=-1)):
            result[:, :, :, odd_row, :, odd_column] = (met + bias.view(-1, 1, 1, 1)).transpose(0, 1)
    return result.view(count, out, 2 * height, 2 * width)


def _met(placed: Tensor, places: int, axis: int) -> tuple[Tensor, Tensor]:
    """The even and the odd lines along an axis, of what was placed at four places of the kernel; placed is used up."""
    size = placed.shape[axis]
    zero, even, odd, three = placed.unbind(places)
    even.narrow(axis, 1, size - 1).add_(three.narrow(axis, 0, size - 1))
    odd.narrow(axis, 0, size - 1).add_(zero.narrow(axis, 1, size - 1))
    return even, odd
