"""``metrics.jsonl`` and ``evaluation.json``: how training went, and the scores."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from vae_core.checkpoint.config_file import read_json_object
from vae_core.checkpoint.errors import BrokenCheckpoint, shown
from vae_core.checkpoint.folder import read_required, write_atomic

METRICS_FILE = "metrics.jsonl"
EVALUATION_FILE = "evaluation.json"


def save_evaluation(folder: Path, evaluation: dict[str, Any]) -> None:
    """Writes ``evaluation.json`` atomically. Raises ValueError when a score is NaN or infinite."""
    content = json.dumps(evaluation, indent=2, allow_nan=False) + "\n"
    write_atomic(Path(folder) / EVALUATION_FILE, content.encode())


def load_evaluation(folder: Path) -> dict[str, Any] | None:
    """The scores, or None when there are none yet. Raises BrokenCheckpoint when the file is no object."""
    file = Path(folder) / EVALUATION_FILE
    return read_json_object(file, read_required(file)) if file.exists() else None


def append_metrics(folder: Path, record: dict[str, Any]) -> None:
    """Adds one line to ``metrics.jsonl``, flushed; first drops a line that a crash left half-written.

    Raises ValueError when a figure is NaN or infinite.
    """
    line = json.dumps(record, allow_nan=False) + "\n"
    with (Path(folder) / METRICS_FILE).open("a+b") as file:
        _drop_half_line(file)
        file.write(line.encode())
        file.flush()


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """The records of ``metrics.jsonl``, oldest first, without a half-written last line; [] with no file.

    Raises BrokenCheckpoint, naming the line, when an earlier one is not a JSON object.
    """
    file = Path(folder) / METRICS_FILE
    if not file.exists():
        return []
    *lines, _half_written = file.read_bytes().split(b"\n")
    return [_record(file, number, line) for number, line in enumerate(lines, start=1)]


def _record(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise BrokenCheckpoint(f"{shown(file)}, line {number}, is not a JSON object. Remove that line.")
    return record


def _drop_half_line(file: Any) -> None:
    file.seek(0)
    content = file.read()
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)
    file.seek(0, os.SEEK_END)
