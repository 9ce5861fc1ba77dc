"""How a task tells its progress: one small file per job, written whole.

A file rather than a queue: cancelling kills the worker, and a process that dies while it holds a shared queue's lock
blocks everybody else for good.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jobs.time_left import TimeLeft

Report = Callable[..., None]  # report(share, message="", partial=None)


@dataclass(frozen=True)
class Progress:
    """`share` done in 0..1, a word on what is being done, and the seconds it may still take, if known.

    partial: what is there already, such as a picture while it is fitted: a small JSON object, or None.
    """

    share: float = 0.0
    message: str = ""
    seconds_left: float | None = None
    partial: dict[str, Any] | None = None


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
    """A function `report(share, message, partial)` that writes the file; the share is kept within 0..1.

    Tasks report shares of their time, so what is left follows from how fast the share grows. A partial result stays
    until another one comes.
    """
    left = TimeLeft()
    last: dict[str, Any] | None = None

    def report(share: float, message: str = "", partial: dict[str, Any] | None = None) -> None:
        nonlocal last
        last = last if partial is None else partial
        share = min(1.0, max(0.0, share))
        write_progress(path, Progress(share, message, left.after(share, message, time.monotonic()), last))

    return report
