"""Decoders whose metric is known: the picture of a latent is a place on a curved surface."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from vae_core.settings import ModelSettings
from vae_core.vae import VAE


class Plain(nn.Module):
    """A decoder that is a function of the latents (B, D) to numbers (B, P)."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, latents: Tensor) -> Tensor:
        return self.function(latents)[:, None, None, :]


class AsItIs(nn.Module):
    """A likelihood whose mean is the decoder's output itself."""

    has_spread = False
    mean = staticmethod(lambda output: output)


def decoder_of(function: Callable[[Tensor], Tensor], latent_dim: int) -> VAE:
    """A model whose picture is the function of the latents, from (B, D) to (B, P) pixel values."""
    vae = VAE(
        ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=latent_dim, likelihood="gaussian", hidden=(4,))
    )
    vae.decoder = Plain(function)
    vae.likelihood = AsItIs()
    return vae


def onto_sphere(latents: Tensor) -> Tensor:
    """The inverse stereographic projection of (B, 2) onto the unit sphere in (B, 3), from its north pole."""
    square = latents.square().sum(dim=1, keepdim=True)
    return torch.cat([2 * latents, square - 1], dim=1) / (square + 1)
