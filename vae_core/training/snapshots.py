"""`snapshots/`: what a model was after an epoch, small enough to keep many: weights in half precision, fixed looks."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from vae_core.checkpoint import BrokenCheckpoint, MissingCheckpoint, write_atomic
from vae_core.checkpoint.arrays import read_arrays
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

SNAPSHOTS, FIXED_FILE = "snapshots", "fixed.npz"
WEIGHTS, ENCODER = "weights.", "encoder."
RECONSTRUCTIONS, SAMPLES, MEANS = "look.reconstructions", "look.samples", "look.means"
LOOK_AGAIN = "Choose another epoch, or train the model again."


@dataclass(frozen=True, eq=False)
class FixedLooks:
    """What every snapshot of a run looks at, in snapshots/fixed.npz.

    rows: int64 (m,), the rows of the data set whose posterior means are kept. labels: int64 (m,), −1 where the data
    has none. originals: uint8 (n, C, H, W), the images of the first n of these rows. latents: float32 (k, D), drawn
    from a standard normal. classes: int64 (k,), those of a conditional model, else −1.
    """

    rows: np.ndarray
    labels: np.ndarray
    originals: np.ndarray
    latents: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A model after ``epoch`` epochs; 0 is before the first step.

    reconstructions: uint8 (n, C, H, W) of the fixed originals' means. samples: uint8 (k, C, H, W), decoded from the
    fixed latents. means: float16 (m, D), posterior means of the fixed rows. weights: float16 by name, those of the
    encoder left out; empty for a model that is too large.
    facts: further figures; "health" is a NetworkHealth of some of the fixed rows.
    """

    epoch: int
    model: ModelSettings
    reconstructions: np.ndarray
    samples: np.ndarray
    means: np.ndarray
    weights: dict[str, Tensor] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def list_snapshots(folder: Path) -> tuple[int, ...]:
    """The epochs of which there is a snapshot, in order; () when there are none."""
    names = (re.fullmatch(r"epoch-(\d{5,9})\.safetensors", file.name) for file in (Path(folder) / SNAPSHOTS).glob("e*"))
    return tuple(sorted(int(name[1]) for name in names if name))


def snapshot_file(folder: Path, epoch: int) -> Path:
    """Where the snapshot of an epoch is, or would be."""
    return Path(folder) / SNAPSHOTS / f"epoch-{epoch:05d}.safetensors"


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Write one file, whole or not at all. Raises OSError as the file system does."""
    looks = {RECONSTRUCTIONS: snapshot.reconstructions, SAMPLES: snapshot.samples, MEANS: snapshot.means}
    tensors = {name: torch.from_numpy(np.ascontiguousarray(look)) for name, look in looks.items()}
    tensors |= {WEIGHTS + name: value for name, value in snapshot.weights.items()}
    metadata = {"model": snapshot.model.model_dump_json(), "facts": json.dumps(snapshot.facts)}
    write_atomic(snapshot_file(folder, snapshot.epoch), save(tensors, metadata))


def read_snapshot(folder: Path, epoch: int, weights: bool = False) -> Snapshot:
    """The snapshot of an epoch, its weights only where they are asked for.

    Raises MissingCheckpoint when there is none of that epoch, BrokenCheckpoint when it cannot be read.
    """
    file = _existing(folder, epoch)
    try:
        with safe_open(file, "pt") as stored:
            metadata = stored.metadata() or {}
            names = [name.removeprefix(WEIGHTS) for name in stored.keys() if name.startswith(WEIGHTS)]  # noqa: SIM118
            return Snapshot(
                epoch=epoch,
                model=ModelSettings.model_validate_json(metadata["model"]),
                reconstructions=stored.get_tensor(RECONSTRUCTIONS).numpy(),
                samples=stored.get_tensor(SAMPLES).numpy(),
                means=stored.get_tensor(MEANS).numpy(),
                weights={name: stored.get_tensor(WEIGHTS + name) for name in names} if weights else {},
                facts=json.loads(metadata["facts"]),
            )
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise _damaged(file, error) from None


def load_vae_of_epoch(folder: Path, epoch: int) -> VAE:
    """The model as it was after that epoch, for use: it decodes. Its weights are rounded to half precision.

    It cannot encode (ValueError says so): what its encoder said of the fixed rows is in the snapshot's means.
    Raises MissingCheckpoint and BrokenCheckpoint as ``read_snapshot``, the first also where a model is too large for
    snapshots with weights.
    """
    snapshot = read_snapshot(folder, epoch, weights=True)
    if not snapshot.weights:
        raise MissingCheckpoint(
            f"The snapshot of epoch {epoch} holds pictures only; the weights of this model are too large to be kept for"
            " every epoch. Use the trained model itself."
        )
    with torch.device("meta"):
        vae = VAE(snapshot.model)
    vae.encoder = _NoEncoder(epoch)
    weights = {name: value.float() if value.is_floating_point() else value for name, value in snapshot.weights.items()}
    try:
        vae.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise _damaged(snapshot_file(folder, epoch), error) from None
    return vae.eval().requires_grad_(False)


def decoder_weights(vae: VAE) -> dict[str, Tensor]:
    """What a snapshot keeps of a model: all weights but the encoder's, float16, on the processor."""
    kept = {name: value.detach().cpu() for name, value in vae.state_dict().items() if not name.startswith(ENCODER)}
    return {name: (value.half() if value.is_floating_point() else value).contiguous() for name, value in kept.items()}


def write_fixed(folder: Path, fixed: FixedLooks) -> None:
    """Write snapshots/fixed.npz, whole or not at all. Raises OSError as the file system does."""
    content = io.BytesIO()
    np.savez(content, **vars(fixed))
    write_atomic(Path(folder) / SNAPSHOTS / FIXED_FILE, content.getvalue())


def read_fixed(folder: Path) -> FixedLooks:
    """What every snapshot of this run looks at. Raises MissingCheckpoint and BrokenCheckpoint as ``read_snapshot``."""
    file = Path(folder) / SNAPSHOTS / FIXED_FILE
    if not file.exists():
        raise MissingCheckpoint(f"{Path(folder).name} has no snapshots. Train with --snapshots to keep some.")
    try:
        return FixedLooks(**read_arrays(file))
    except TypeError as error:
        raise _damaged(file, error) from None


class _NoEncoder(nn.Module):
    """Stands where the encoder of a snapshot's model would."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self._epoch = epoch

    def forward(self, images: Tensor) -> Tensor:
        raise ValueError(
            f"The model of epoch {self._epoch} comes from a snapshot, which keeps no encoder. Encode with the trained"
            " model, or read the means that the snapshot keeps."
        )


def _existing(folder: Path, epoch: int) -> Path:
    file = snapshot_file(folder, epoch)
    if file.is_file():
        return file
    there = list_snapshots(folder)
    known = f"there are those of {_in_words(there)}" if there else "it keeps none (--snapshots)"
    raise MissingCheckpoint(f"{Path(folder).name} has no snapshot of epoch {epoch}; {known}. {LOOK_AGAIN}")


def _in_words(epochs: tuple[int, ...]) -> str:
    return ", ".join(map(str, epochs)) if len(epochs) < 8 else f"{len(epochs)} epochs from {epochs[0]} to {epochs[-1]}"


def _damaged(file: Path, error: object) -> BrokenCheckpoint:
    name = f"{file.parent.parent.name}/{SNAPSHOTS}/{file.name}"
    return BrokenCheckpoint(f"{name} cannot be read ({str(error)[:120]}). {LOOK_AGAIN}")
