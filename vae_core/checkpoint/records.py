"""``evaluation.json``: the scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vae_core.checkpoint.config_file import read_json_object
from vae_core.checkpoint.folder import read_required, write_atomic

EVALUATION_FILE = "evaluation.json"


def save_evaluation(folder: Path, evaluation: dict[str, Any]) -> None:
    """Writes ``evaluation.json`` atomically. Raises ValueError when a score is NaN or infinite."""
    content = json.dumps(evaluation, indent=2, allow_nan=False) + "\n"
    write_atomic(Path(folder) / EVALUATION_FILE, content.encode())


def load_evaluation(folder: Path) -> dict[str, Any] | None:
    """The scores, or None when there are none yet. Raises BrokenCheckpoint when the file is no object."""
    file = Path(folder) / EVALUATION_FILE
    return read_json_object(file, read_required(file)) if file.exists() else None
