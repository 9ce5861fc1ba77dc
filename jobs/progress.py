"""How a task tells its progress: one small file per job, written whole.

A file rather than a queue: cancelling kills the worker, and a process that dies while it holds a shared queue's lock
blocks everybody else for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Progress:
    """`share` done in 0..1, and a word on what is being done."""

    share: float = 0.0
    message: str = ""


def write_progress(path: Path, progress: Progress) -> None:
    """Replaces the file, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    draft.replace(path)


def read_progress(path: Path) -> Progress | None:
    """What the file says; None when nothing has been reported yet."""
    try:
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def reporter(path: Path) -> Report:
    """A function `report(share, message)` that writes the file; the share is kept within 0..1."""
    return lambda share, message="": write_progress(path, Progress(min(1.0, max(0.0, share)), message))
