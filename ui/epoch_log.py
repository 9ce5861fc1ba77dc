"""The epochs of many runs, read from their `metrics.jsonl` as these grow: only what is new since the last look."""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OTHER_KINDS = b'"kind"'  # lines of steps and of changes; an epoch's line has none, and only it is parsed
LAST_BYTES = 64  # before the place reached: whether they are still the same tells a file written anew


@dataclass
class _Log:
    """What was read of one file: whole lines up to the byte `reached`, whose last bytes were `before`."""

    reached: int = 0
    before: bytes = b""
    file_number: int = 0
    epochs: list[dict[str, Any]] = field(default_factory=list)


class EpochLogs:
    """A bounded, thread-safe memory of the epochs of runs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._logs: OrderedDict[Path, _Log] = OrderedDict()

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """The epochs of the run in this folder, oldest first, without `kl_per_dimension`; [] where there are none.

        A line that is no JSON object is left out, and so is one that is half written.
        """
        from vae_core.checkpoint.records import (
            METRICS_FILE,  # brings torch: loaded by now, not when the pages are imported
        )

        with self._lock:
            log = self._logs.pop(folder, None) or _Log()
            try:
                log = _grown(folder / METRICS_FILE, log)
            except OSError:
                return []
            self._logs[folder] = log
            while len(self._logs) > self._most:
                self._logs.popitem(last=False)
            return list(log.epochs)


def _grown(file: Path, log: _Log) -> _Log:
    with file.open("rb") as opened:
        status = os.fstat(opened.fileno())
        if status.st_size == log.reached and status.st_ino == log.file_number and _continues(opened, log):
            return log
        if status.st_ino != log.file_number or not _continues(opened, log):
            log = _Log(file_number=status.st_ino)
        opened.seek(log.reached)
        new = opened.read()
    whole = new[: new.rfind(b"\n") + 1]
    log.epochs += filter(None, map(_epoch, whole.splitlines()))
    log.before = (log.before + whole)[-LAST_BYTES:]
    log.reached += len(whole)
    return log


def _continues(opened: Any, log: _Log) -> bool:
    """Whether the file still begins with what was read: a run that was resumed may have been cut back and gone on."""
    opened.seek(log.reached - len(log.before))
    return opened.read(len(log.before)) == log.before


def _epoch(line: bytes) -> dict[str, Any] | None:
    if OTHER_KINDS in line:
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("epoch"), int):
        return None
    record.pop("kl_per_dimension", None)
    return record
