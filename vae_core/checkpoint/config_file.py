"""``config.json``: what rebuilds a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vae_core.checkpoint.errors import COPY_OR_TRAIN, BrokenCheckpoint, ForeignCheckpoint, NewerFormat, shown
from vae_core.checkpoint.folder import read_required, write_atomic
from vae_core.settings import FORMAT_VERSION, Config

CONFIG_FILE = "config.json"


def save_config(folder: Path, config: Config) -> None:
    """Writes ``config.json`` atomically."""
    write_atomic(Path(folder) / CONFIG_FILE, (config.model_dump_json(indent=2) + "\n").encode())


def load_config(folder: Path) -> Config:
    """The settings in ``config.json``.

    Raises MissingCheckpoint, BrokenCheckpoint, NewerFormat or ForeignCheckpoint, each naming the file.
    """
    file = Path(folder) / CONFIG_FILE
    fields = read_json_object(file, read_required(file))
    _check_version(file, fields)
    try:
        return Config.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        raise BrokenCheckpoint(f"{shown(file)} does not fit: {_first_faults(error)}. {COPY_OR_TRAIN}") from None


def read_json_object(file: Path, content: bytes) -> dict[str, Any]:
    """The JSON object in ``content``; ``file`` is for messages. Raises BrokenCheckpoint when it is none."""
    try:
        fields = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise BrokenCheckpoint(f"{shown(file)} is not text in UTF-8, so not JSON. {COPY_OR_TRAIN}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BrokenCheckpoint(f"{shown(file)} is not JSON ({error.msg} at {where}). {COPY_OR_TRAIN}") from None
    except ValueError as error:  # such as a number of 5,000 digits
        raise BrokenCheckpoint(f"{shown(file)} cannot be read as JSON ({error}). {COPY_OR_TRAIN}") from None
    except RecursionError:
        raise BrokenCheckpoint(f"{shown(file)} is nested too deeply to be read. {COPY_OR_TRAIN}") from None
    if not isinstance(fields, dict):
        raise BrokenCheckpoint(f"{shown(file)} holds a {type(fields).__name__}, not a JSON object. {COPY_OR_TRAIN}")
    return fields


def _check_version(file: Path, fields: dict[str, Any]) -> None:
    version = fields.get("format_version")
    if version is None:
        raise ForeignCheckpoint(
            f"{shown(file)} has no format_version, so another program wrote it. This project reads only the"
            " checkpoints it trained itself; train one with: python -m vae_core train"
        )
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BrokenCheckpoint(
            f"{shown(file)} has format_version {version!r}; it must be {FORMAT_VERSION}. {COPY_OR_TRAIN}"
        )
    if version > FORMAT_VERSION:
        raise NewerFormat(
            f"{shown(file)} has format_version {version};"
            f" this version of the project reads up to {FORMAT_VERSION}. Update the project to open it."
        )


def _first_faults(error: ValidationError, most: int = 3) -> str:
    faults = error.errors()
    texts = [f"{'.'.join(map(str, fault['loc']))}: {_reason(fault)}" for fault in faults[:most]]
    return "; ".join(texts) + (f"; and {len(faults) - most} more" if len(faults) > most else "")


def _reason(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "this field is unknown here"
    if fault["type"] == "missing":
        return "this field is missing"
    return f"{fault['msg']} (found {str(fault['input'])[:60]!r})"
