"""Names of checkpoint folders, and files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

from vae_core.checkpoint.errors import (
    PICK_ANOTHER,
    BrokenCheckpoint,
    CheckpointError,
    MissingCheckpoint,
    shown,
)
from vae_core.settings import NAME_RULE


def checkpoint_folder(root: Path, name: str) -> Path:
    """The folder of the checkpoint called ``name`` under ``root``, whether or not it exists.

    Raises CheckpointError for a name outside NAME_RULE, or one that leads out of ``root`` (by a link).
    """
    if not re.fullmatch(NAME_RULE, name):
        raise CheckpointError(
            f"{name[:80]!r} is no name for a model; a name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and"
            " starts with a letter or digit. Rename it."
        )
    folder = Path(root) / name
    if folder.resolve().parent != Path(root).resolve():
        raise CheckpointError(
            f"{name!r} leads out of the folder of checkpoints. Replace the link by the folder itself."
        )
    return folder


def write_atomic(path: Path, content: bytes) -> None:
    """Writes ``path`` so that a crash leaves either the old file or the new one; makes missing folders.

    Raises OSError as the file system does.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Removes what ``write_atomic`` was writing into this folder when its process was killed."""
    for path in Path(folder).glob(".*"):
        if is_unfinished(path.name) and path.is_file():
            path.unlink(missing_ok=True)


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is one that ``write_atomic`` has not yet given its own."""
    return re.fullmatch(r"\..+\.[0-9a-f]{8}", name) is not None


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may forget the rename. Systems that cannot open a folder do not need it.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_required(file: Path) -> bytes:
    """The bytes of a file that a checkpoint must hold.

    Raises MissingCheckpoint when folder or file is not there, BrokenCheckpoint when it cannot be read.
    """
    if not file.parent.is_dir():
        raise MissingCheckpoint(f"There is no checkpoint folder {file.parent.name!r}. {PICK_ANOTHER}")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise MissingCheckpoint(
            f"{shown(file)} is missing; a checkpoint folder needs it. Copy the whole folder, or finish"
            " its training with --resume."
        ) from None
    except OSError as error:
        raise BrokenCheckpoint(
            f"{shown(file)} cannot be read: {error.strerror}. Check the file's permissions."
        ) from error
