"""What the networks are called on pages and in model cards."""

from __future__ import annotations

from vae_core.networks.base import NETWORKS

LABELS = {"mlp": "MLP", "conv": "Convolutional", "residual": "Residual"}
WORDS = {"mlp": "fully connected", "conv": "convolutional", "residual": "residual convolutional"}


def network_label(name: str) -> str:
    """A network's name for people, such as "MLP"; of one's own network the name it is registered by."""
    return LABELS.get(name, name)


def network_words(name: str) -> str:
    """What a network is, in some words for a model card; of one's own network the words it is registered with."""
    own = NETWORKS[name].words if name in NETWORKS else ""
    return WORDS.get(name, own or "its own kind")
