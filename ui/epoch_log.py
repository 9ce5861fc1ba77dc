"""The epochs of many runs, read from their `metrics.jsonl` as these grow: only what is new since the last look."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_core.checkpoint import MetricsTail

UNSEEN, NO_FILE = (-1, -1), (0, 0)
OTHER_KINDS = b'{"kind"'  # how lines of steps and of changes begin; only those of epochs are parsed

Log = tuple["MetricsTail", list[dict[str, Any]], tuple[int, int]]  # and when the file was changed, its size


class EpochLogs:
    """A bounded, thread-safe memory of the epochs of runs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._logs: OrderedDict[Path, Log] = OrderedDict()

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """The epochs of the run in this folder, oldest first, without `kl_per_dimension`; [] where there are none.

        A line that is no JSON object is left out, and so is one that is half written.
        """
        from vae_core.checkpoint import MetricsTail  # brings torch: loaded by now, not when the pages are imported

        with self._lock:
            tail, epochs, seen = self._logs.pop(folder, None) or (MetricsTail(folder), [], UNSEEN)
            try:
                now = _signature(folder)  # before it is read: what comes meanwhile is read the next time
                if now != seen:
                    _grow(tail, epochs)
            except OSError:
                return []
            self._logs[folder] = (tail, epochs, now)
            while len(self._logs) > self._most:
                self._logs.popitem(last=False)
            return list(epochs)


def _signature(folder: Path) -> tuple[int, int]:
    try:
        found = (folder / "metrics.jsonl").stat()
    except FileNotFoundError:
        return NO_FILE
    return found.st_mtime_ns, found.st_size


def _grow(tail: MetricsTail, epochs: list[dict[str, Any]]) -> None:
    more = True
    while more:
        piece = tail.read()
        if piece.restarted:
            epochs.clear()
        epochs += filter(None, map(_epoch, piece.lines.splitlines()))
        more = piece.more


def _epoch(line: bytes) -> dict[str, Any] | None:
    if line.startswith(OTHER_KINDS):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or type(record.get("epoch")) is not int:
        return None
    record.pop("kl_per_dimension", None)
    return record
