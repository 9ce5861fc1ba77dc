"""The conv: strided convolutions down, transposed ones up, for any image from 8×8 to 128×128."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import nn

from vae_core.networks.base import ACTIVATIONS, NETWORKS, ImageShape, Network, Ports
from vae_core.networks.transposed import ConvTranspose2d
from vae_core.settings import ModelSettings

COARSEST_SIDE = 4  # an axis is halved as long as it is longer than this
Size = tuple[int, int]


def encoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """A flat sequence: one strided convolution per entry of hidden, then a dense layer out."""
    sizes = stage_sizes(settings)
    channels = (ports.encoder_input[0], *settings.hidden)
    activation = ACTIVATIONS[settings.activation]
    layers: list[nn.Module] = []
    for stage, (fine, coarse) in enumerate(pairwise(sizes)):
        layers += [_stage(nn.Conv2d, channels[stage], channels[stage + 1], fine, coarse), activation()]
    features = channels[-1] * math.prod(sizes[-1])
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, ports.encoder_outputs))


def decoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """A dense layer to the coarsest map, then one transposed convolution per entry of hidden, in reverse."""
    sizes = stage_sizes(settings)
    channels = (ports.decoder_output[0], *settings.hidden)
    activation = ACTIVATIONS[settings.activation]
    layers = to_coarsest_map(settings, ports)
    for stage in reversed(range(len(settings.hidden))):
        fine, coarse = sizes[stage], sizes[stage + 1]
        grow = _stage(ConvTranspose2d, channels[stage + 1], channels[stage], fine, coarse)
        layers += [activation(), grow]
    return nn.Sequential(*layers)


def hidden(image_shape: ImageShape) -> tuple[int, ...]:
    """Channels that suit an image shape (C, H, W): as many stages as halve it to 4."""
    side = max(image_shape[1:])
    first = 32 if side <= 64 else 16
    return tuple(min(first * 2**stage, 64) for stage in range(_halvings(side)))


def to_coarsest_map(settings: ModelSettings, ports: Ports) -> list[nn.Module]:
    """What a decoder begins with: a dense layer from the latent to the map after the last stage."""
    coarsest = (settings.hidden[-1], *stage_sizes(settings)[-1])
    return [nn.Linear(ports.decoder_inputs, math.prod(coarsest)), nn.Unflatten(1, coarsest)]


def stage_sizes(settings: ModelSettings) -> list[Size]:
    """(H, W) before the first stage and after each."""
    sizes = [settings.image_shape[1:]]
    for _ in settings.hidden:
        height, width = sizes[-1]
        sizes.append((halved(height), halved(width)))
    return sizes


def halved(side: int) -> int:
    """The side after one stage; a side of 4 or less stays."""
    return side if side <= COARSEST_SIDE else (side + 1) // 2


def _stage(layer: type[nn.Module], channels_in: int, channels_out: int, fine: Size, coarse: Size) -> nn.Module:
    # Kernel 4 on an even axis and 3 on an odd one halves (or doubles) exactly: no output padding to guess.
    kernel = tuple(4 if big == 2 * small else 3 for big, small in zip(fine, coarse, strict=True))
    stride = tuple(1 if big == small else 2 for big, small in zip(fine, coarse, strict=True))
    return layer(channels_in, channels_out, kernel, stride, padding=1)


def _halvings(side: int) -> int:
    return 0 if side <= COARSEST_SIDE else 1 + _halvings(halved(side))


NETWORKS.register("conv", Network(encoder, decoder, hidden))
