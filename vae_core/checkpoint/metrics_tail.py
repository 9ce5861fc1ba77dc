"""What was added to ``metrics.jsonl`` since one looked last, without reading the rest again."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from vae_core.checkpoint.metrics_file import METRICS_FILE, parsed

MOST_BYTES = 2**20  # of one read: its parsing stays below some 20 ms
MARKED_BYTES = 256


@dataclass(frozen=True)
class MetricsPiece:
    """Whole lines from byte ``start`` to byte ``offset``, where the next read goes on.

    lines: as they stand in the file, each with its line break. mark: a checksum of what stands before ``offset``, to
    be given back with it. restarted: the lines read before are no longer those of the file (a run that was continued
    wrote some again), so that the piece starts at its beginning and what was read before does not count. more:
    whether there is more to read at once.
    """

    start: int
    offset: int
    lines: bytes
    mark: str
    restarted: bool
    more: bool

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of all kinds, oldest first. Raises BrokenCheckpoint where a line is no JSON object."""
        return list(parsed(self.lines.splitlines(), Path(METRICS_FILE)))


class MetricsTail:
    """Holds how far a folder's ``metrics.jsonl`` has been read; ``offset`` (bytes) and ``mark`` may be kept."""

    def __init__(self, folder: Path, offset: int = 0, mark: str = "") -> None:
        self._folder = folder
        self.offset, self.mark = offset, mark

    def read(self, most: int = MOST_BYTES) -> MetricsPiece:
        """The whole lines that were added since the last call, at most some ``most`` bytes of them."""
        piece = read_metrics_from(self._folder, self.offset, self.mark, most)
        self.offset, self.mark = piece.offset, piece.mark
        return piece


def read_metrics_from(folder: Path, offset: int, mark: str = "", most: int = MOST_BYTES) -> MetricsPiece:
    """The whole lines of a folder's ``metrics.jsonl`` from byte ``offset``, at most ``most`` bytes (one line at least).

    ``mark``: that of the piece which ended at ``offset``; "" trusts the offset as long as the file reaches it.
    No file reads as an empty one.
    """
    try:
        stream = (Path(folder) / METRICS_FILE).open("rb")
    except FileNotFoundError:
        return MetricsPiece(0, 0, b"", "", restarted=offset > 0, more=False)
    with stream:
        size = os.fstat(stream.fileno()).st_size
        restarted = offset > size or bool(mark and mark != _mark(stream, offset))
        start = 0 if restarted else max(0, offset)
        lines = _whole_lines(stream, start, most)
        end = start + len(lines)
        return MetricsPiece(start, end, lines, _mark(stream, end), restarted, more=bool(lines) and end < size)


def _whole_lines(stream: BinaryIO, start: int, most: int) -> bytes:
    stream.seek(start)
    content = stream.read(most)
    if b"\n" not in content:
        content += stream.readline()  # one line that is longer than that
    return content[: content.rfind(b"\n") + 1]


def _mark(stream: BinaryIO, end: int) -> str:
    start = max(0, end - MARKED_BYTES)
    stream.seek(start)
    return f"{zlib.crc32(stream.read(end - start)):08x}"
