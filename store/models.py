"""The models in memory: one bounded copy for the whole process, loaded anew when its files change.

vae_core is imported where it is used: torch takes a second, and the first page shall not wait for it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from store.fast_decoder import Decoder
    from vae_core.checkpoint import CheckpointSummary
    from vae_core.latents import Latents
    from vae_core.settings import Config
    from vae_core.vae import VAE

LOG = logging.getLogger(__name__)
SETTING = "LATENT_EXPLORER_CHECKPOINTS"
MOST_MODELS = 8
BATCH = 256  # images at a time, so that a long list needs little memory
WATCHED = ("config.json", "model.safetensors", "latents.npz", "evaluation.json")
PRIOR_RANGE = 3.0  # without a reference set: three standard deviations of the prior to each side
WEIGHTS_DIGITS = 16
LOOK_AGAIN = 0.05  # seconds: how old a look at a model's files may be when it is asked for at every decode

Signature = tuple[tuple[str, int, int], ...]  # name, time in ns, bytes
FolderState = tuple[tuple[str, int, Signature], ...]


class ModelChanged(Exception):
    """The model on the disk has other weights than those that were asked for; `weights` are the present ones."""

    def __init__(self, name: str, asked: str, weights: str) -> None:
        super().__init__(
            f"The model {name} has the weights {weights}; {asked} was asked for. It was trained again: reload the page."
        )
        self.weights = weights


@dataclass(frozen=True, eq=False)  # a model is itself; comparing arrays and weights says nothing more
class LoadedModel:
    """A model that is ready to decode; shared by everybody, so nothing in it is ever changed.

    weights: first 16 hex digits of the SHA-256 of the weights file. image_shape: (C, H, W).
    ranges: float32 (latent_dim, 2), where each dimension's values lie, from the aggregated posterior.
    """

    name: str
    weights: str
    config: Config
    latents: Latents | None
    evaluation: dict[str, Any] | None
    ranges: np.ndarray
    vae: VAE

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.config.model.image_shape

    @property
    def latent_dim(self) -> int:
        return self.config.model.latent_dim

    @property
    def classes(self) -> int:
        """How many classes a conditional model knows; 0 for any other."""
        return self.config.model.classes

    def decode(self, latents: np.ndarray, label: int | np.ndarray = 0) -> np.ndarray:
        """Pictures uint8 (B, H, W, C) of latents float32 (B, latent_dim).

        label: the class, or one for each row, under which a conditional model decodes; any other model takes no
        notice of it. Raises ValueError when the latents have another shape, or the model does not know the class.
        """
        return _in_batches(self._decoder, latents, _labels(label, latents))

    @cached_property
    def _decoder(self) -> Decoder:
        from store.fast_decoder import fast_decoder

        return fast_decoder(self.vae, self.name)

    def draw(self, latents: np.ndarray, seed: int, label: int | np.ndarray = 0) -> np.ndarray:
        """Pictures uint8 (B, H, W, C) drawn from p(x|z) of latents float32 (B, latent_dim), B at most 256.

        The same for the same latents, in the same order, and seed; label as in `decode`.
        Raises ValueError as `decode`, and where the model has no likelihood to draw from.
        """
        from store.inference import draw

        return draw(self.vae, latents, _labels(label, latents), seed)

    def spread_by_grey(self) -> np.ndarray | None:
        """The standard deviation of p(x|z) for a pixel value in [0, 1], float32 (256,), by its expected grey level.

        None where the expected picture does not tell it; see `vae_core.likelihoods.spread_of_mean`.
        """
        from store.inference import spread_by_grey

        return spread_by_grey(self.vae)

    def encode(self, images: np.ndarray, label: int | np.ndarray = 0) -> tuple[np.ndarray, np.ndarray]:
        """Posterior means and standard deviations, float32 (B, latent_dim) each, of images uint8 (B, C, H, W).

        Encodes the grey values, whatever the likelihood; label as in `decode`. Raises ValueError when the images have
        another shape, or the model does not know the class.
        """
        from store.inference import encode

        both = _in_batches(lambda *part: encode(self.vae, *part), images, _labels(label, images))
        return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])

    def sample_prior(self, count: int, seed: int, temperature: float = 1.0) -> np.ndarray:
        """Latents float32 (count, latent_dim) drawn from the model's prior, the same for the same seed.

        temperature multiplies the spread of the prior, or of each of its components where it is a mixture.
        """
        from store.inference import sample_prior

        return sample_prior(self.vae, count, seed, temperature)

    def reconstruct(self, rows: np.ndarray) -> np.ndarray:
        """Pictures uint8 (B, H, W, C) of the stored posterior means of rows int (B,) of the reference set.

        A conditional model decodes each under its own class. Raises IndexError for a row that the reference set
        lacks, ValueError when there is no reference set.
        """
        if self.latents is None:
            raise ValueError(no_reference(self.name))
        labels = self.latents.label
        return self.decode(self.latents.mean[rows], 0 if labels is None else labels[rows])


def no_reference(name: str) -> str:
    """What to do where a model of that name has no reference set."""
    return f"The model {name} has no latents.npz; train it again to get its reference set."


def checkpoints_root() -> Path:
    """The folder of all checkpoints: LATENT_EXPLORER_CHECKPOINTS, or `checkpoints/` of the project."""
    return _resolved(os.environ.get(SETTING) or "")


@lru_cache(maxsize=8)
def _resolved(chosen: str) -> Path:
    """Once per folder: it is asked for at every decode, and resolving reads every folder on the way."""
    return Path(chosen or Path(__file__).parent.parent / "checkpoints").resolve()


def list_models() -> tuple[CheckpointSummary, ...]:
    """Every checkpoint in the folder, broken ones with their problem; read again only when a file changed."""
    return _MODELS.summaries(checkpoints_root())


def model(name: str, weights: str | None = None) -> LoadedModel:
    """The model of that name, from memory unless its files changed.

    Raises vae_core.checkpoint.CheckpointError when it is missing or broken, and ModelChanged when `weights` are given
    and differ from the present ones.
    """
    loaded = _MODELS.get(checkpoints_root(), name)
    if weights is not None and weights != loaded.weights:
        raise ModelChanged(name, weights, loaded.weights)
    return loaded


def model_in_memory(name: str) -> LoadedModel | None:
    """The model of that name if it is loaded and its files are unchanged, as far as a look 50 ms ago or later tells."""
    asked = (os.environ.get(SETTING), name)
    looked, known = _SEEN.get(asked, (0.0, None))
    if time.monotonic() - looked < LOOK_AGAIN:
        return known
    known = _MODELS.peek(checkpoints_root(), name)
    now = time.monotonic()
    for other in [key for key, (looked, _) in list(_SEEN.items()) if now - looked >= LOOK_AGAIN]:
        _SEEN.pop(other, None)  # so that a model that was pushed out of memory is not held here
    if known is not None:
        _SEEN[asked] = (now, known)
    return known


def names_in_memory() -> tuple[str, ...]:
    """The names of the loaded models, the one used last at the end."""
    return _MODELS.names()


class Models:
    """A bounded, thread-safe memory of loaded models and of the list of checkpoints."""

    def __init__(self, most: int = MOST_MODELS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._loading: dict[Path, threading.Lock] = {}
        self._loaded: OrderedDict[Path, tuple[Signature, LoadedModel]] = OrderedDict()
        self._listed: tuple[Path, FolderState, tuple[CheckpointSummary, ...]] | None = None

    def names(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(loaded.name for _, loaded in self._loaded.values())

    def peek(self, root: Path, name: str) -> LoadedModel | None:
        """The model when it is in memory and its files are unchanged."""
        place = root / name
        with self._lock:
            found = self._loaded.get(place)
        if found is None or found[0] != _signature(place):
            return None
        with self._lock:
            if place in self._loaded:
                self._loaded.move_to_end(place)
        return found[1]

    def get(self, root: Path, name: str) -> LoadedModel:
        """The model, loaded when need be; two threads that ask for the same one load it once."""
        from vae_core.checkpoint import checkpoint_folder

        folder = checkpoint_folder(root, name)
        known = self.peek(root, name)
        if known is not None:
            return known
        with self._lock:
            loading = self._loading.setdefault(root / name, threading.Lock())
        with loading:
            try:
                return self.peek(root, name) or self._load(root / name, folder)
            finally:
                with self._lock:
                    self._loading.pop(root / name, None)

    def summaries(self, root: Path) -> tuple[CheckpointSummary, ...]:
        """The list of checkpoints, read again when a folder or one of its files changed."""
        from vae_core.checkpoint import list_checkpoints

        state = _folder_state(root)
        known = self._listed
        if known is None or known[:2] != (root, state):
            known = (root, state, tuple(list_checkpoints(root)))
            self._listed = known
        return known[2]

    def _load(self, place: Path, folder: Path) -> LoadedModel:
        signature = _signature(place)
        loaded = _load(folder)
        with self._lock:
            self._loaded[place] = (signature, loaded)
            self._loaded.move_to_end(place)
            while len(self._loaded) > self._most:
                self._loaded.popitem(last=False)
        return loaded


_MODELS = Models()
_SEEN: dict[tuple[str | None, str], tuple[float, LoadedModel]] = {}  # when a model was last found unchanged


def _load(folder: Path) -> LoadedModel:
    from vae_core.checkpoint import load_checkpoint, load_latents

    checkpoint = load_checkpoint(folder)
    latents = load_latents(folder)
    return LoadedModel(
        name=folder.name,
        weights=checkpoint.weights_hash[:WEIGHTS_DIGITS],
        config=checkpoint.config,
        latents=latents,
        evaluation=_evaluation(folder),
        ranges=_ranges(latents, checkpoint.config.model.latent_dim),
        vae=checkpoint.vae,
    )


def _evaluation(folder: Path) -> dict | None:
    """The scores, or None where they cannot be read: a model without scores can still be looked at."""
    from vae_core.checkpoint import CheckpointError, load_evaluation

    try:
        return load_evaluation(folder)
    except CheckpointError as problem:
        LOG.warning("No scores for %s: %s", folder.name, problem)
        return None


def _ranges(latents: Latents | None, latent_dim: int) -> np.ndarray:
    from vae_core.latents import aggregated_range

    if latents is None:
        return np.tile(np.float32([-PRIOR_RANGE, PRIOR_RANGE]), (latent_dim, 1))
    return aggregated_range(latents)


def decoded(vae: VAE, latents: np.ndarray, label: int | np.ndarray) -> np.ndarray:
    """What `LoadedModel.decode` gives, of any VAE."""
    from store.inference import decode

    return _in_batches(lambda *part: decode(vae, *part), latents, _labels(label, latents))


def _labels(label: int | np.ndarray, rows: np.ndarray) -> np.ndarray:
    """One class per row, int64 (B,)."""
    return np.array(np.broadcast_to(label, len(rows)), dtype=np.int64)


def _in_batches(function, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if len(rows) <= BATCH:
        return function(rows, labels)
    parts = [slice(start, start + BATCH) for start in range(0, len(rows), BATCH)]
    return np.concatenate([function(rows[part], labels[part]) for part in parts])


def _signature(folder: Path) -> Signature:
    """Times and sizes of the files that make up a model; what is absent is left out."""
    found = []
    for name in WATCHED:
        try:
            status = os.stat(folder / name)  # noqa: PTH116  (on the path of every decode: a Path costs more than the call)
        except (OSError, ValueError):
            continue
        found.append((name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _folder_state(root: Path) -> FolderState:
    """What the list depends on: every folder, when something was put into it, and its files."""
    try:
        folders = sorted((entry.name, entry.stat().st_mtime_ns) for entry in os.scandir(root) if entry.is_dir())
    except OSError:
        return ()
    return tuple((name, changed, _signature(root / name)) for name, changed in folders)
