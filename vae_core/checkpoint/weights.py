"""``model.safetensors``: the weights, verified against the network before any memory is taken for them."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from vae_core.checkpoint.config_file import CONFIG_FILE, load_config
from vae_core.checkpoint.errors import COPY_OR_TRAIN, BrokenCheckpoint, ForeignCheckpoint, shown
from vae_core.checkpoint.folder import read_required, write_atomic
from vae_core.settings import Config, ModelSettings
from vae_core.vae import VAE, check_parts

WEIGHTS_FILE = "model.safetensors"
LARGEST_HEADER = 1_000_000  # bytes; a header of ours has a few thousand
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model ready to use, in evaluation mode and without gradients.

    weights_hash: SHA-256 of the weights file, 64 hex digits.
    """

    folder: Path
    config: Config
    vae: VAE
    weights_hash: str


def save_weights(folder: Path, vae: VAE) -> None:
    """Writes the model's weights to ``model.safetensors`` atomically."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in vae.state_dict().items()}
    write_atomic(Path(folder) / WEIGHTS_FILE, tensors_to_bytes(tensors))


def load_checkpoint(folder: Path) -> Checkpoint:
    """The model of a checkpoint folder, with its weights verified.

    Raises MissingCheckpoint, BrokenCheckpoint, NewerFormat or ForeignCheckpoint, each naming the file.
    """
    folder = Path(folder)
    config = load_config(folder)
    file = folder / WEIGHTS_FILE
    content = read_required(file)
    check_weights(file, content, len(content), config.model)
    vae = _filled(file, content, config.model)
    return Checkpoint(folder, config, vae, hashlib.sha256(content).hexdigest())


def check_weights(file: Path, start: bytes, size: int, settings: ModelSettings) -> None:
    """Compares a weights file with the network of ``settings``, from its first bytes and its size alone.

    start: at least the header (8 bytes of length, then JSON). size: of the whole file, bytes.
    Raises BrokenCheckpoint or ForeignCheckpoint, naming the file, or the tensor with both shapes.
    """
    _check_parts(file, settings)
    found = _header_shapes(file, start, size)
    wanted = _network_shapes(settings)
    for name, shape in wanted.items():
        if name not in found:
            raise BrokenCheckpoint(f"{shown(file)} has no tensor {name!r}, which config.json asks for. {COPY_OR_TRAIN}")
        if found[name] != shape:
            raise BrokenCheckpoint(
                f"{shown(file)} holds {name!r} with shape {found[name]}; config.json asks for {shape}."
                f" One of the two files is from another model. {COPY_OR_TRAIN}"
            )
    unknown = sorted(set(found) - set(wanted))
    if unknown:
        raise BrokenCheckpoint(
            f"{shown(file)} holds {unknown[0]!r}, unknown to the network in config.json. {COPY_OR_TRAIN}"
        )


def header_bytes(file: Path) -> bytes:
    """The first bytes of a weights file, enough for ``check_weights``. Raises OSError as the system does."""
    with file.open("rb") as stream:
        return stream.read(8 + LARGEST_HEADER)


def _header_shapes(file: Path, start: bytes, size: int) -> Shapes:
    length = int.from_bytes(start[:8], "little")
    header = _header(file, start, length)
    try:
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        shapes = {name: tuple(entry["shape"]) for name, entry in tensors.items()}
        ends = [int(entry["data_offsets"][1]) for entry in tensors.values()]
        kinds = {entry["dtype"] for entry in tensors.values()}
        data_bytes = 4 * sum(math.prod(shape) for shape in shapes.values())
    except (TypeError, LookupError, ValueError, AttributeError, OverflowError):
        raise BrokenCheckpoint(f"{shown(file)} has a corrupted header. {COPY_OR_TRAIN}") from None
    if kinds - {"F32"}:
        raise BrokenCheckpoint(
            f"{shown(file)} holds numbers of type {sorted(map(str, kinds))}; they must be F32. {COPY_OR_TRAIN}"
        )
    wanted = 8 + length + max(ends, default=0)
    if size != wanted:
        raise BrokenCheckpoint(
            f"{shown(file)} has {size:,} bytes; its header announces {wanted:,}, so it is"
            f" {'truncated' if size < wanted else 'damaged at its end'}. {COPY_OR_TRAIN}"
        )
    if data_bytes != max(ends, default=0):
        raise BrokenCheckpoint(f"{shown(file)} has a corrupted header: shapes and sizes disagree. {COPY_OR_TRAIN}")
    return shapes


def _header(file: Path, start: bytes, length: int) -> dict:
    if len(start) < 8:
        raise BrokenCheckpoint(f"{shown(file)} has {len(start)} bytes, so it is truncated. {COPY_OR_TRAIN}")
    kind = _foreign_kind(start)
    if kind:
        raise ForeignCheckpoint(
            f"{shown(file)} is {kind}, not a safetensors file; it was not opened, since such a file"
            " can run code. Train the model with this project, or save its weights with safetensors."
        )
    if length > LARGEST_HEADER or length < 2:
        raise BrokenCheckpoint(
            f"{shown(file)} announces a header of {length:,} bytes; this project's files have at most"
            f" {LARGEST_HEADER:,}, so it is corrupted or of another kind. {COPY_OR_TRAIN}"
        )
    if len(start) < 8 + length:
        raise BrokenCheckpoint(
            f"{shown(file)} has {len(start):,} bytes, less than its header of {length:,}: it is truncated."
            f" {COPY_OR_TRAIN}"
        )
    try:
        header = json.loads(start[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise BrokenCheckpoint(f"{shown(file)} has a corrupted header: it is not a JSON object. {COPY_OR_TRAIN}")
    return header


def _foreign_kind(start: bytes) -> str | None:
    if start.startswith(b"PK\x03\x04"):
        return "a zip archive (as torch.save writes)"
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        # A safetensors header may also begin with 0x80: its length. Then byte 9 opens the JSON object.
        return None if start[8:9] == b"{" else "a Python pickle"
    return "an HDF5 file" if start.startswith(b"\x89HDF") else None


def _network_shapes(settings: ModelSettings) -> Shapes:
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in VAE(settings).state_dict().items()}


def _check_parts(file: Path, settings: ModelSettings) -> None:
    try:
        check_parts(settings)
    except ValueError as error:
        config = f"{file.parent.name}/{CONFIG_FILE}"
        raise BrokenCheckpoint(f"{config} asks for a part that is not here: {error} {COPY_OR_TRAIN}") from None


def _filled(file: Path, content: bytes, settings: ModelSettings) -> VAE:
    try:
        tensors = tensors_from_bytes(content)
    except SafetensorError as error:
        raise BrokenCheckpoint(f"{shown(file)} is corrupted ({error}). {COPY_OR_TRAIN}") from None
    _check_finite(file, tensors)
    with torch.device("meta"):
        vae = VAE(settings)
    vae.load_state_dict(tensors, assign=True)
    return vae.eval().requires_grad_(False)


def _check_finite(file: Path, tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not bool(tensor.isfinite().all()):
            raise BrokenCheckpoint(
                f"{shown(file)} holds NaN or infinity in {name!r}: its training diverged."
                " Train it again with a smaller learning rate."
            )
