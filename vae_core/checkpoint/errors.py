"""What can be wrong with a checkpoint. Each message names the file, what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

COPY_OR_TRAIN = "Copy the whole folder again from where it came, or train the model anew."
PICK_ANOTHER = "Choose another model, or train one with: python -m vae_core train --out checkpoints/NAME"


class CheckpointError(Exception):
    """A checkpoint folder that cannot be used."""


class MissingCheckpoint(CheckpointError):
    """The folder, or a file that it must hold, is not there."""


class BrokenCheckpoint(CheckpointError):
    """A file is truncated, corrupted, or disagrees with another file of the folder."""


class NewerFormat(CheckpointError):
    """The folder was written by a later version of the project."""


class ForeignCheckpoint(CheckpointError):
    """A file is of another kind than this project writes; it was not opened."""


def shown(file: Path) -> str:
    """A file's name for messages: with its folder, without the place on the machine."""
    return f"{file.parent.name}/{file.name}"
