"""The residual network: convolutions down and up with a residual block at each size, for any image 8×8 to 128×128."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import final

from torch import Tensor, nn
from torch.nn.functional import interpolate

from vae_core.networks.base import ACTIVATIONS, NETWORKS, ImageShape, Network, Ports
from vae_core.networks.convolutional import Size, stage_sizes, to_coarsest_map
from vae_core.settings import ModelSettings

MOST_CHANNELS = 64


@final
class ResidualBlock(nn.Module):
    """x + f(x) with f = activation, convolution, activation, convolution; channels and size stay.

    No normalisation: f starts at 0, which keeps deep sums in range without it, and a decode is fewer operators.
    Source: He et al. 2016 (*Identity Mappings*), section 4, for the order; Zhang, Dauphin and Ma 2019 (Fixup) for
    the zero.
    """

    def __init__(self, channels: int, activation: type[nn.Module]) -> None:
        super().__init__()
        self.activation = activation()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, maps: Tensor) -> Tensor:
        return maps + self.second(self.activation(self.first(self.activation(maps))))


@final
class Grow(nn.Module):
    """Activation, nearest neighbours up to a size (H, W), convolution to other channels."""

    def __init__(self, channels_in: int, channels_out: int, size: Size, activation: type[nn.Module]) -> None:
        super().__init__()
        self.size = size
        self.activation = activation()
        self.convolution = nn.Conv2d(channels_in, channels_out, 3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        return self.convolution(interpolate(self.activation(maps), self.size))


def encoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """Per entry of hidden a convolution that halves and a residual block; then a dense layer out."""
    sizes = stage_sizes(settings)
    channels = (ports.encoder_input[0], *settings.hidden)
    activation = ACTIVATIONS[settings.activation]
    layers: list[nn.Module] = []
    for stage, (fine, coarse) in enumerate(pairwise(sizes)):
        # Kernel 3 with padding 1 halves an even side and an odd one alike, rounding up.
        stride = tuple(1 if big == small else 2 for big, small in zip(fine, coarse, strict=True))
        layers += [nn.Conv2d(channels[stage], channels[stage + 1], 3, stride, padding=1)]
        layers += [ResidualBlock(channels[stage + 1], activation)]
    features = channels[-1] * math.prod(sizes[-1])
    return nn.Sequential(*layers, activation(), nn.Flatten(), nn.Linear(features, ports.encoder_outputs))


def decoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """A dense layer to the coarsest map; per entry of hidden, in reverse, a residual block and a step up."""
    sizes = stage_sizes(settings)
    channels = (ports.decoder_output[0], *settings.hidden)
    activation = ACTIVATIONS[settings.activation]
    layers = to_coarsest_map(settings, ports)
    for stage in reversed(range(len(settings.hidden))):
        layers += [ResidualBlock(channels[stage + 1], activation)]
        layers += [Grow(channels[stage + 1], channels[stage], sizes[stage], activation)]
    return nn.Sequential(*layers)


def hidden(image_shape: ImageShape) -> tuple[int, ...]:
    """Channels that suit an image shape (C, H, W): as many stages as halve it to 4."""
    side = max(image_shape[1:])
    first = 24 if side <= 64 else 16
    stages = math.ceil(math.log2(side / 4))
    return tuple(min(first * 2**stage, MOST_CHANNELS) for stage in range(stages))


NETWORKS.register("residual", Network(encoder, decoder, hidden))
