"""The records of a run as the server needs them for its warnings: epochs and changes, read on by byte offset.

Steps are passed over unread: a run may log 100,000 of them, and only the browser draws them.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_RUNS = 32
MOST_BYTES = 4_000_000  # of one read
STEP = b'{"kind": "step"'


@dataclass
class RunRecords:
    """Epoch records (oldest first) and change records of one run; `read` brings them up to date."""

    epochs: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    offset: int = 0
    mark: str = ""

    def read(self, folder: Path) -> None:
        """Reads on to the end of the log. Raises OSError as the file system does."""
        from vae_core.checkpoint import read_metrics_from

        more = True
        while more:
            piece = read_metrics_from(folder, self.offset, self.mark, MOST_BYTES)
            if piece.restarted:
                self.epochs, self.changes = [], []
            for line in piece.lines.splitlines():
                if not line.startswith(STEP):
                    self._take(line)
            self.offset, self.mark, more = piece.offset, piece.mark, piece.more

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
