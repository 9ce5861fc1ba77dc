"""``metrics.jsonl``: how training went, a line for each epoch, logged step and change on the way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from vae_core.checkpoint.errors import BrokenCheckpoint, shown
from vae_core.checkpoint.folder import write_atomic

METRICS_FILE = "metrics.jsonl"
STEP, CHANGE = "step", "change"  # kinds of lines; an epoch's line has none
BLOCK = 4096  # bytes: more than a line has


def append_metrics(folder: Path, *records: dict[str, Any]) -> None:
    """Adds a line per record to ``metrics.jsonl``, all or none; first drops a line that a crash left half-written.

    A record's "kind", where it has one, comes first. Raises ValueError when a figure is NaN or infinite, and OSError
    as the file system does: then nothing was added.
    """
    if not records:
        return
    lines = "".join(json.dumps(_kind_first(record), allow_nan=False) + "\n" for record in records).encode()
    file = Path(folder) / METRICS_FILE
    with file.open("r+b" if file.exists() else "w+b", buffering=0) as stream:
        end = whole_lines_end(stream)
        stream.truncate(end)
        stream.seek(end)
        _write_all(stream, lines, end)


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """The records of the epochs, oldest first, without a half-written last line; [] with no file.

    Raises BrokenCheckpoint, naming the line, when an earlier one is not a JSON object.
    """
    return [record for line, record in _records(folder, lambda line: not line.startswith(b'{"kind"'))]


def read_steps(folder: Path) -> list[dict[str, Any]]:
    """The records of single steps, oldest first (fields of StepRecord, and "kind"). Raises as ``read_metrics``."""
    return _of_kind(folder, STEP)


def read_changes(folder: Path) -> list[dict[str, Any]]:
    """What was changed while the run went, oldest first (fields of ChangeRecord). Raises as ``read_metrics``."""
    return _of_kind(folder, CHANGE)


def keep_lines(folder: Path, wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Replaces ``metrics.jsonl`` by its lines whose record is wanted; leaves it alone where that is all of them.

    Raises as ``read_metrics``, and OSError as the file system does.
    """
    every = list(_records(folder, lambda line: True))
    kept = [line + b"\n" for line, record in every if wanted(record)]
    if len(kept) < len(every):
        write_atomic(Path(folder) / METRICS_FILE, b"".join(kept))


def whole_lines_end(stream: BinaryIO) -> int:
    """How many bytes of the file are whole lines: where the next line belongs."""
    end = stream.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - BLOCK)
        stream.seek(start)
        found = stream.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def parsed(lines: Iterable[bytes], file: Path, first: int = 1) -> Iterator[dict[str, Any]]:
    """The JSON objects of whole lines; ``first`` is the number of the first line, for messages.

    Raises BrokenCheckpoint, naming the line, where one is no JSON object.
    """
    return (_record(file, number, line) for number, line in enumerate(lines, start=first))


def _of_kind(folder: Path, kind: str) -> list[dict[str, Any]]:
    start = f'{{"kind": "{kind}"'.encode()
    return [record for line, record in _records(folder, lambda line: line.startswith(start))]


def _records(folder: Path, wanted: Callable[[bytes], bool]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The wanted lines with their records: a run has many lines, and those of another kind need no parsing."""
    file = Path(folder) / METRICS_FILE
    if not file.exists():
        return
    *lines, _half_written = file.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if wanted(line):
            yield line, _record(file, number, line)


def _kind_first(record: dict[str, Any]) -> dict[str, Any]:
    return {"kind": record["kind"], **record} if "kind" in record else record


def _write_all(stream: BinaryIO, content: bytes, start: int) -> None:
    """All of it or, where the disk is full, nothing."""
    left = memoryview(content)
    try:
        while left:
            left = left[stream.write(left) :]
    except OSError:
        stream.truncate(start)
        raise


def _record(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise BrokenCheckpoint(f"{shown(file)}, line {number}, is not a JSON object. Remove that line.")
    return record
