"""The records of a run as the server needs them for its warnings: epochs and changes, read on by byte offset.

Steps are passed over unread: a run may log 100,000 of them, and only the browser draws them.
"""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_RUNS = 32
MOST_BYTES = 4_000_000  # that one look reads on
METRICS = "metrics.jsonl"
STEP = b'{"kind": "step"'


@dataclass(frozen=True)
class LogPiece:
    """Whole lines of a log from a byte on. next: the byte after them. file: tells this file from one that replaced it.

    restarted: the file that was read before is gone or cut, and this is the new one from its beginning. more: there is
    more to read already.
    """

    content: bytes
    next: int
    file: str
    restarted: bool
    more: bool


def read_log(folder: Path, start: int, file: str, most: int = MOST_BYTES) -> LogPiece:
    """What was appended to the log of a run since byte `start` of the file of that mark; all of it from 0 on a new one.

    Half a line at the end is left for the next time. Raises OSError as the file system does; without a log there is
    nothing in it.
    """
    try:
        with (folder / METRICS).open("rb") as log:
            status = os.fstat(log.fileno())
            mark = f"{status.st_dev:x}-{status.st_ino:x}"
            restarted = bool(file) and (file != mark or status.st_size < start)
            start = 0 if restarted or not file else start
            log.seek(start)
            content = log.read(most)
    except FileNotFoundError:
        return LogPiece(b"", 0, "", bool(file), False)
    whole = content[: content.rfind(b"\n") + 1]
    return LogPiece(whole, start + len(whole), mark, restarted, start + len(content) < status.st_size and bool(whole))


@dataclass
class RunRecords:
    """Epoch records (oldest first) and change records of one run; `read` brings them up to date."""

    epochs: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    next: int = 0
    file: str = ""

    def read(self, folder: Path) -> None:
        more = True
        while more:
            piece = read_log(folder, self.next, self.file)
            if piece.restarted:
                self.epochs.clear(), self.changes.clear()
            for line in piece.content.splitlines():
                if not line.startswith(STEP):
                    self._take(line)
            self.next, self.file, more = piece.next, piece.file, piece.more

    def _take(self, line: bytes) -> None:
        try:
            record = json.loads(line)
        except ValueError:
            return  # the page says that a line cannot be read; nothing is to be learnt from it
        if not isinstance(record, dict) or type(record.get("epoch")) is not int:
            return
        if "kind" not in record:
            self.epochs.append(record)
        elif record["kind"] == "change":
            self.changes.append(record)


class RecordsInMemory:
    """The records of the runs that are watched, by folder. Thread-safe."""

    def __init__(self, most: int = MOST_RUNS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, RunRecords] = OrderedDict()

    def of(self, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Epochs and changes of the run in this folder, up to date."""
        with self._lock:
            records = self._known.setdefault(folder, RunRecords())
            self._known.move_to_end(folder)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            records.read(folder)
            return list(records.epochs), list(records.changes)


RECORDS = RecordsInMemory()
