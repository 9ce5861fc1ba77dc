"""What a network is to the rest: two builders, and the widths that suit an image shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from vae_core.registry import Registry
from vae_core.settings import ModelSettings

ACTIVATIONS: dict[str, type[nn.Module]] = {"silu": nn.SiLU, "tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU}
ImageShape = tuple[int, int, int]


@dataclass(frozen=True)
class Ports:
    """What a network is joined to, all (C, H, W) or counts.

    encoder_input: the image's channels, and one plane more per class of a conditional model.
    encoder_outputs: numbers per image (the mean, then the raw log-variance, D each).
    decoder_inputs: D, and one number more per class. decoder_output: numbers per value times channels, H, W.
    """

    encoder_input: ImageShape
    encoder_outputs: int
    decoder_inputs: int
    decoder_output: ImageShape


@dataclass(frozen=True)
class Network:
    """How to build one kind of network. Builders take the settings (hidden, activation) and the ports.

    encoder: gives a module from float32 (B, *encoder_input) to float32 (B, encoder_outputs).
    decoder: gives a module from float32 (B, decoder_inputs) to float32 (B, *decoder_output), unbounded.
    hidden: layer widths or channels that suit an image shape (C, H, W).
    words: what it is, in some words for a model card.
    """

    encoder: Callable[[ModelSettings, Ports], nn.Module]
    decoder: Callable[[ModelSettings, Ports], nn.Module]
    hidden: Callable[[ImageShape], tuple[int, ...]]
    words: str = ""


NETWORKS: Registry[Network] = Registry("network")
