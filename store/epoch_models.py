"""Models as they were after an epoch of their training, in memory: a few dozen, for the replay of a run.

The newest asked for stay. A snapshot is some milliseconds to load; a replay asks for another with every move.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from store.models import checkpoints_root, decoded

if TYPE_CHECKING:
    from vae_core.vae import VAE

MOST_EPOCHS = 256
MOST_BYTES = 200_000_000  # of all their weights
Stamp = tuple[int, int, int]  # of a snapshot's file: when it was written in ns, its bytes, its number
Place = tuple[Path, int]


@dataclass(frozen=True, eq=False)
class EpochModel:
    """The model of a run after `epoch` epochs, as its snapshot keeps it: it decodes."""

    name: str
    epoch: int
    vae: VAE

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.vae.image_shape

    @property
    def latent_dim(self) -> int:
        return self.vae.latent_dim

    @property
    def classes(self) -> int:
        return self.vae.classes

    @property
    def bytes(self) -> int:
        """How much memory its weights take."""
        return sum(value.numel() * value.element_size() for value in self.vae.state_dict().values())

    def decode(self, latents: np.ndarray, label: int | np.ndarray = 0) -> np.ndarray:
        """As `LoadedModel.decode`."""
        return decoded(self.vae, latents, label)


def epoch_model(name: str, epoch: int) -> EpochModel:
    """The model of the run of that name after that epoch, from memory unless its snapshot changed.

    Raises vae_core.checkpoint.CheckpointError when there is no such snapshot, or it holds no weights.
    """
    return _EPOCHS.get(checkpoints_root(), name, epoch)


def epoch_in_memory(name: str, epoch: int) -> EpochModel | None:
    """The same if it is in memory and its snapshot is unchanged."""
    return _EPOCHS.peek((checkpoints_root() / name, epoch))


class EpochModels:
    """A bounded, thread-safe memory of models by run and epoch, the one used last at the end."""

    def __init__(self, most: int = MOST_EPOCHS, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._loaded: OrderedDict[Place, tuple[Stamp, int, EpochModel]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._loaded)

    def peek(self, place: Place) -> EpochModel | None:
        with self._lock:
            found = self._loaded.get(place)
        if found is None or found[0] != _stamp(place):
            return None
        with self._lock:
            if place in self._loaded:
                self._loaded.move_to_end(place)
        return found[2]

    def get(self, root: Path, name: str, epoch: int) -> EpochModel:
        from vae_core.checkpoint import checkpoint_folder
        from vae_core.training.snapshots import load_vae_of_epoch

        folder = checkpoint_folder(root, name)
        place = (root / name, epoch)
        known = self.peek(place)
        if known is not None:
            return known
        stamp = _stamp(place)
        loaded = EpochModel(name, epoch, load_vae_of_epoch(folder, epoch))
        if stamp is not None:
            self._keep(place, stamp, loaded)
        return loaded

    def _keep(self, place: Place, stamp: Stamp, loaded: EpochModel) -> None:
        with self._lock:
            self._loaded[place] = (stamp, loaded.bytes, loaded)
            self._loaded.move_to_end(place)
            size = sum(each for _, each, _ in self._loaded.values())
            while len(self._loaded) > 1 and (len(self._loaded) > self._most or size > self._most_bytes):
                _, (_, gone, _) = self._loaded.popitem(last=False)
                size -= gone


_EPOCHS = EpochModels()


def _stamp(place: Place) -> Stamp | None:
    folder, epoch = place
    try:
        status = os.stat(f"{folder}/snapshots/epoch-{epoch:05d}.safetensors")  # noqa: PTH116  (at every decode)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
