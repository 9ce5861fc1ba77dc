"""Ways to break a checkpoint, and what holds for every message about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save

from vae_core.checkpoint import (
    CheckpointError,
    load_checkpoint,
)

CONFIG, WEIGHTS, LATENTS = "config.json", "model.safetensors", "latents.npz"


def edit_config(folder: Path, change: Callable[[dict], object]) -> None:
    fields = json.loads((folder / CONFIG).read_text())
    change(fields)
    (folder / CONFIG).write_text(json.dumps(fields))


def edit_weights(folder: Path, change: Callable[[dict], object]) -> None:
    tensors = {name: tensor.clone() for name, tensor in load_checkpoint(folder).vae.state_dict().items()}
    change(tensors)
    (folder / WEIGHTS).write_bytes(save(tensors))


def edit_latents(folder: Path, change: Callable[[dict], object]) -> None:
    with np.load(folder / LATENTS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    change(arrays)
    np.savez(folder / LATENTS, **arrays)


def message_of(load: Callable[[], object], kind: type[CheckpointError]) -> str:
    """The error's message, after the checks that hold for every one of them."""
    with pytest.raises(CheckpointError) as caught:
        load()
    assert type(caught.value) is kind
    message = str(caught.value)
    advice = r"Copy|Choose|Train|Update|Check|train|Wait|Rename"
    assert re.search(rf"(?:[.;]|or) (?:{advice})|only the\s+checkpoints it trained", message), f"no way out: {message}"
    assert len(message) < 500
    return message


class Harmful:
    """Would write a file when unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return Path.touch, (self.trace,)
