"""Encoders and decoders for any image from 8×8 to 128×128, known by name.

Each is one ``nn.Sequential`` of few layers: a decode of one latent gives the interpreter lock up seldom.
"""

from __future__ import annotations

# the networks that come with the project register themselves
from vae_core.networks import convolutional, fully_connected, residual  # noqa: F401
from vae_core.networks.base import ACTIVATIONS, NETWORKS, ImageShape, Network, Ports
from vae_core.networks.words import network_label, network_words

__all__ = [
    "ACTIVATIONS",
    "NETWORKS",
    "ImageShape",
    "Network",
    "Ports",
    "default_hidden",
    "network_label",
    "network_words",
]


def default_hidden(network: str, image_shape: ImageShape) -> tuple[int, ...]:
    """Layer widths (mlp) or channels (conv, residual) that suit an image shape (C, H, W).

    A 28×28 model with these stays below 2 MB of weights. Raises ValueError for an unknown network.
    """
    return NETWORKS[network].hidden(image_shape)
