"""What checkpoints there are, broken ones included, each with its problem."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_core.checkpoint.config_file import CONFIG_FILE, load_config
from vae_core.checkpoint.errors import CheckpointError, MissingCheckpoint, shown
from vae_core.checkpoint.folder import checkpoint_folder
from vae_core.checkpoint.records import EVALUATION_FILE, load_evaluation
from vae_core.checkpoint.weights import WEIGHTS_FILE, check_weights, header_bytes
from vae_core.settings import Config

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckpointSummary:
    """A checkpoint without its weights.

    problem: why it cannot be opened, or None. modified: Unix time, seconds.
    """

    name: str
    folder: Path
    config: Config | None
    problem: str | None
    evaluation: dict[str, Any] | None
    modified: float


def list_checkpoints(root: Path) -> list[CheckpointSummary]:
    """All checkpoints under ``root`` by name, broken ones too; [] when there is no such folder.

    A folder with neither ``config.json`` nor ``run/`` is no checkpoint and is left out; weights are checked
    by their header and size, not read.
    """
    if not Path(root).is_dir():
        return []
    folders = sorted(entry for entry in Path(root).iterdir() if _is_checkpoint(entry))
    return [summarise(Path(root), folder) for folder in folders]


def summarise(root: Path, folder: Path) -> CheckpointSummary:
    """The summary of one checkpoint folder under ``root``; a problem is told, not raised."""
    config, problem = None, None
    try:
        checkpoint_folder(root, folder.name)
        config = load_config(folder)
        _check_weights_header(folder, config)
    except CheckpointError as error:
        problem = str(error)
    return CheckpointSummary(folder.name, folder, config, problem, _evaluation(folder), _modified(folder))


def _is_checkpoint(entry: Path) -> bool:
    hidden = entry.name.startswith(".")
    return not hidden and entry.is_dir() and ((entry / CONFIG_FILE).exists() or (entry / "run").is_dir())


def _check_weights_header(folder: Path, config: Config) -> None:
    file = folder / WEIGHTS_FILE
    try:
        start, size = header_bytes(file), file.stat().st_size
    except FileNotFoundError:
        raise MissingCheckpoint(
            f"{shown(file)} is missing: training has not saved weights yet, or the copy is incomplete."
            " Wait for the first epoch, or copy the whole folder."
        ) from None
    except OSError as error:
        raise MissingCheckpoint(f"{shown(file)} cannot be read: {error.strerror}. Check its permissions.") from error
    check_weights(file, start, size, config.model)


def _evaluation(folder: Path) -> dict[str, Any] | None:
    try:
        return load_evaluation(folder)
    except CheckpointError as error:
        logger.warning("%s", error)
        return None


def _modified(folder: Path) -> float:
    files = (folder, folder / CONFIG_FILE, folder / WEIGHTS_FILE, folder / EVALUATION_FILE)
    return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
