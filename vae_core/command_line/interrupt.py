"""Ctrl-C as a request to stop and keep, not as a crash."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    """Whether Ctrl-C (or a request of the system to end) has come."""

    def __init__(self) -> None:
        self.came = False


@contextmanager
def caught_interrupt(tell: Callable[[], None]) -> Iterator[Interrupt]:
    """While the block runs, the first Ctrl-C is noted and `tell` is called; the second raises KeyboardInterrupt.

    In a thread of a larger program (a worker of Ray Train) signals are that program's: nothing is caught.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def note(number: int, frame: FrameType | None) -> None:
        if interrupt.came:
            raise KeyboardInterrupt
        interrupt.came = True
        tell()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
