"""The most private memory that this process has held."""

from __future__ import annotations

import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

EVERY_SECONDS = 0.01


class PeakMemory:
    """Samples the private memory of this process while the block runs: ``peak`` in bytes.

    Private memory (RssAnon) is what the process alone holds; pages of a mapped file do not count. Where the system does
    not tell it, the largest resident size is taken.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="peak-memory", daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self.peak = max(self.peak, private_memory())

    def _sample(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.peak = max(self.peak, private_memory())


def private_memory(process: int | str = "self") -> int:
    """The private memory of a process now, in bytes; 0 when it is gone."""
    with suppress(OSError, StopIteration, ValueError):
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("RssAnon"))
    if process == "self" and not Path("/proc/self/status").exists():
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return largest if sys.platform == "darwin" else largest * 1024
    return 0
