"""Encoders and decoders for any image from 8×8 to 128×128.

Each is one ``nn.Sequential`` of few layers: a decode of one latent gives the interpreter lock up seldom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from vae_core.settings import ModelSettings

COARSEST_SIDE = 4  # an axis is halved as long as it is longer than this
Size = tuple[int, int]


def default_hidden(network: str, image_shape: tuple[int, int, int]) -> tuple[int, ...]:
    """Layer widths (mlp) or channels (conv) that suit an image shape (C, H, W).

    A 28×28 model with these stays below 2 MB of weights. Raises ValueError for an unknown network.
    """
    channels, height, width = image_shape
    if network == "mlp":
        return (128, 64) if channels * height * width < 400 else (256, 128)
    if network == "conv":
        side = max(height, width)
        first = 32 if side <= 64 else 16
        return tuple(min(first * 2**stage, 64) for stage in range(_halvings(side)))
    raise ValueError(f"network is {network!r}; it must be 'mlp' or 'conv'. Choose one of the two.")


def build_encoder(settings: ModelSettings) -> nn.Sequential:
    """A network from images float32 (B, C, H, W) to float32 (B, 2 D): the mean, then the raw log-variance."""
    return _mlp_encoder(settings) if settings.network == "mlp" else _conv_encoder(settings)


def build_decoder(settings: ModelSettings) -> nn.Sequential:
    """A network from latents float32 (B, D) to float32 (B, C, H, W): one unbounded number per value."""
    return _mlp_decoder(settings) if settings.network == "mlp" else _conv_decoder(settings)


def _mlp_encoder(settings: ModelSettings) -> nn.Sequential:
    widths = (math.prod(settings.image_shape), *settings.hidden)
    return nn.Sequential(nn.Flatten(), *_dense(widths), nn.Linear(widths[-1], 2 * settings.latent_dim))


def _mlp_decoder(settings: ModelSettings) -> nn.Sequential:
    widths = (settings.latent_dim, *reversed(settings.hidden))
    pixels = nn.Linear(widths[-1], math.prod(settings.image_shape))
    return nn.Sequential(*_dense(widths), pixels, nn.Unflatten(1, settings.image_shape))


def _dense(widths: Sequence[int]) -> list[nn.Module]:
    return [layer for narrow, wide in pairwise(widths) for layer in (nn.Linear(narrow, wide), nn.SiLU())]


def _conv_encoder(settings: ModelSettings) -> nn.Sequential:
    sizes = _stage_sizes(settings)
    channels = (settings.image_shape[0], *settings.hidden)
    layers: list[nn.Module] = []
    for stage, (fine, coarse) in enumerate(pairwise(sizes)):
        layers += [_stage(nn.Conv2d, channels[stage], channels[stage + 1], fine, coarse), nn.SiLU()]
    features = channels[-1] * math.prod(sizes[-1])
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, 2 * settings.latent_dim))


def _conv_decoder(settings: ModelSettings) -> nn.Sequential:
    sizes = _stage_sizes(settings)
    channels = (settings.image_shape[0], *settings.hidden)
    coarsest = (channels[-1], *sizes[-1])
    layers: list[nn.Module] = [nn.Linear(settings.latent_dim, math.prod(coarsest)), nn.Unflatten(1, coarsest)]
    for stage in reversed(range(len(settings.hidden))):
        fine, coarse = sizes[stage], sizes[stage + 1]
        grow = _stage(nn.ConvTranspose2d, channels[stage + 1], channels[stage], fine, coarse)
        layers += [nn.SiLU(), grow]
    return nn.Sequential(*layers)


def _stage(layer: type[nn.Module], channels_in: int, channels_out: int, fine: Size, coarse: Size) -> nn.Module:
    # Kernel 4 on an even axis and 3 on an odd one halves (or doubles) exactly: no output padding to guess.
    kernel = tuple(4 if big == 2 * small else 3 for big, small in zip(fine, coarse, strict=True))
    stride = tuple(1 if big == small else 2 for big, small in zip(fine, coarse, strict=True))
    return layer(channels_in, channels_out, kernel, stride, padding=1)


def _stage_sizes(settings: ModelSettings) -> list[Size]:
    sizes = [settings.image_shape[1:]]
    for _ in settings.hidden:
        height, width = sizes[-1]
        sizes.append((_halved(height), _halved(width)))
    return sizes


def _halved(side: int) -> int:
    return side if side <= COARSEST_SIDE else (side + 1) // 2


def _halvings(side: int) -> int:
    return 0 if side <= COARSEST_SIDE else 1 + _halvings(_halved(side))
