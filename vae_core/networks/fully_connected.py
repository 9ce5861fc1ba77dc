"""The mlp: dense layers on the flattened image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from vae_core.networks.base import ACTIVATIONS, NETWORKS, ImageShape, Network, Ports
from vae_core.settings import ModelSettings


def encoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """A flat sequence: flatten, dense layers of the hidden widths, a dense layer out."""
    widths = (math.prod(ports.encoder_input), *settings.hidden)
    return nn.Sequential(nn.Flatten(), *_dense(widths, settings), nn.Linear(widths[-1], ports.encoder_outputs))


def decoder(settings: ModelSettings, ports: Ports) -> nn.Sequential:
    """The hidden widths in reverse, then one dense layer to all pixels."""
    widths = (ports.decoder_inputs, *reversed(settings.hidden))
    pixels = nn.Linear(widths[-1], math.prod(ports.decoder_output))
    return nn.Sequential(*_dense(widths, settings), pixels, nn.Unflatten(1, ports.decoder_output))


def hidden(image_shape: ImageShape) -> tuple[int, ...]:
    """Layer widths that suit an image shape (C, H, W)."""
    return (128, 64) if math.prod(image_shape) < 400 else (256, 128)


def _dense(widths: Sequence[int], settings: ModelSettings) -> list[nn.Module]:
    activation = ACTIVATIONS[settings.activation]
    return [layer for narrow, wide in pairwise(widths) for layer in (nn.Linear(narrow, wide), activation())]


NETWORKS.register("mlp", Network(encoder, decoder, hidden))
