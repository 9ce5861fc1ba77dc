"""Images on disk in an order that a disk gives fast: whole blocks at random, shuffled in a window of several."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK_BYTES = 8 * 2**20
WINDOW_BLOCKS = 8
READ_AT_ONCE = 2**20
PAGE = mmap.PAGESIZE


class MappedImages:
    """The pixels of a .npy file as ``images``, uint8 (N, C, H, W), read-only; pages come from the disk when touched."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            version = np.lib.format.read_magic(opened)
            read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            shape, fortran, dtype = read_header[version](opened)
            self._offset = opened.tell()
            if fortran or dtype != np.uint8:
                raise ValueError(f"it holds {dtype} in {'Fortran' if fortran else 'C'} order, not uint8 in C order")
            self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        self._path = file
        # Else each image of a random row brings megabytes around it from the disk; whole blocks come by read().
        self._advise("MADV_RANDOM", 0, len(self._map))
        count = int(np.prod(shape))
        self._piece = bytearray(READ_AT_ONCE)
        self.images = np.frombuffer(self._map, np.uint8, count, self._offset).reshape(shape)

    def read(self, start: int, stop: int) -> None:
        """Have the images start to stop in the page cache, read in one go; by one thread at a time."""
        first, last = self._span(start, stop)
        with self._path.open("rb", buffering=0) as file:
            file.seek(first)
            while first < last and (done := file.readinto(memoryview(self._piece)[: last - first])):
                first += done

    def drop(self, start: int, stop: int) -> None:
        """Leave it to the system whether the images start to stop stay in memory."""
        self._advise("MADV_DONTNEED", *self._span(start, stop))

    def _span(self, start: int, stop: int) -> tuple[int, int]:
        size = int(np.prod(self.images.shape[1:]))
        return self._offset + start * size, self._offset + stop * size

    def _advise(self, advice: str, first: int, last: int) -> None:
        aligned = first - first % PAGE
        with suppress(AttributeError, OSError):  # advice that this system does not take is only slower
            self._map.madvise(getattr(mmap, advice), aligned, last - aligned)


@dataclass(frozen=True, eq=False)
class Window:
    """Some blocks whose rows are learned from in random order: ``rows`` int64 (n,)."""

    rows: np.ndarray
    blocks: np.ndarray
    following: np.ndarray
    reader: Blocks

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """While the block runs this window is in memory and the one after it is being read by a thread."""
        self.reader.wait_for(self.blocks)
        self.reader.read_ahead(self.following)
        try:
            yield
        finally:
            self.reader.let_go(self.blocks)


class Blocks:
    """The training images of a mapped file, in blocks of ``block_rows`` images; ``held_out`` int64, ascending, are not.

    At most two windows of WINDOW_BLOCKS blocks are in memory at a time, and none of it is private memory.
    """

    def __init__(self, mapped: MappedImages, held_out: np.ndarray, block_rows: int | None = None) -> None:
        self._mapped, self._held_out = mapped, held_out
        self.count, *shape = mapped.images.shape
        self.block_rows = block_rows or max(1, BLOCK_BYTES // int(np.prod(shape)))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._coming: tuple[bytes, Future] | None = None

    def windows(self, generator: np.random.Generator) -> Iterator[Window]:
        """All training rows, each once: blocks and the rows of each window in an order drawn from the generator."""
        blocks = generator.permutation(-(-self.count // self.block_rows))
        cuts = [blocks[start : start + WINDOW_BLOCKS] for start in range(0, len(blocks), WINDOW_BLOCKS)]
        for now, following in zip(cuts, [*cuts[1:], blocks[:0]], strict=True):
            yield Window(generator.permutation(self._rows_of(now)), now, following, self)

    def read_ahead(self, blocks: np.ndarray) -> None:
        """Read these blocks in a thread."""
        if len(blocks):
            self._coming = (blocks.tobytes(), self._thread.submit(self._read, blocks))

    def wait_for(self, blocks: np.ndarray) -> None:
        """Return once these blocks are in memory."""
        coming, self._coming = self._coming, None
        if coming and coming[0] == blocks.tobytes():
            coming[1].result()
        else:
            self._read(blocks)

    def let_go(self, blocks: np.ndarray) -> None:
        """Say that these blocks have been learned from."""
        for block in blocks:
            self._mapped.drop(*self._range(int(block)))

    def _read(self, blocks: np.ndarray) -> None:
        for block in blocks:
            self._mapped.read(*self._range(int(block)))

    def _range(self, block: int) -> tuple[int, int]:
        start = block * self.block_rows
        return start, min(start + self.block_rows, self.count)

    def _rows_of(self, blocks: np.ndarray) -> np.ndarray:
        rows = np.concatenate([np.arange(*self._range(int(block))) for block in blocks])
        places = np.searchsorted(self._held_out, rows)
        places[places == len(self._held_out)] = 0
        held = self._held_out[places] == rows if len(self._held_out) else np.zeros(len(rows), bool)
        return rows[~held]
