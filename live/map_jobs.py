"""Maps on their way: which jobs are under way for them, how far they are, and what became of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jobs

LOG = logging.getLogger(__name__)
KEPT_FAILURE = 2.0  # seconds in which a failure is told again before the same request starts anew
MOST_KNOWN = 32  # jobs, those that are over included
State = str  # "queued", "running", "failed" or "cancelled"


@dataclass
class Under:
    """A job under way. over: when it was first seen failed or cancelled, monotonic seconds."""

    job: jobs.Job
    over: float | None = None


@dataclass(frozen=True)
class Standing:
    """Where a job stands. seconds_left: None as long as nothing can be said. partial: what is there already, if any."""

    state: State
    progress: float
    message: str
    seconds_left: float | None
    partial: dict[str, Any] | None = None

    def facts(self, wanted: str) -> dict[str, Any]:
        """As JSON, for the map of that id."""
        return {"id": wanted, **vars(self)}


class Jobs:
    """Jobs by a name of what they make: whoever asks for the same thing shares one job. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under: dict[str, Under] = {}

    def __len__(self) -> int:
        return len(self._under)

    def ask(self, name: str, submit: Callable[[], jobs.Job]) -> Standing | Any:
        """The result when the job is done, which is then forgotten; else where it stands. Starts one if there is none.

        Raises jobs.TooManyJobs when so many wait that none can be started.
        """
        with self._lock:
            self._forget_old(name)
            self._bounded()
            under = self._under.get(name)
            if under is None:
                under = self._under[name] = Under(submit())
            if under.job.state == "done":
                del self._under[name]
                return under.job.result(0)
        return _standing(under)

    def look(self, name: str) -> Standing | None:
        """Where the job stands; None when there is none, or it is done. Starts nothing."""
        with self._lock:
            under = self._under.get(name)
        return None if under is None or under.job.state == "done" else _standing(under)

    def only_of(self, kind: str, name: str) -> bool:
        """Whether no other job whose name begins like this is under way than the one of that name."""
        with self._lock:
            others = [each for key, each in self._under.items() if key.startswith(kind) and key != f"{kind}{name}"]
        return all(each.job.state not in ("queued", "running") for each in others)

    def cancel(self, name: str) -> bool:
        """Ends the job; False when there is none under way."""
        with self._lock:
            under = self._under.pop(name, None)
        return under is not None and under.job.cancel()

    def leave(self, name: str) -> bool:
        """Has the job skipped where it still waits; one that has begun goes on, as its worker would be lost with it.

        False when there is none that waits.
        """
        with self._lock:
            under = self._under.get(name)
            if under is None or not under.job.leave():
                return False
            del self._under[name]
        return True

    def _bounded(self) -> None:
        """What is over and was never asked for again leaves when there is too much of it."""
        over = [name for name, under in self._under.items() if under.job.state not in ("queued", "running")]
        for name in over[: max(0, len(self._under) - MOST_KNOWN)]:
            del self._under[name]

    def _forget_old(self, name: str) -> None:
        """A job that failed or was cancelled is told for a while, so that everybody who waits hears of it."""
        under = self._under.get(name)
        if under is None or under.job.state not in ("failed", "cancelled"):
            return
        if under.over is None:
            under.over = time.monotonic()
        elif time.monotonic() - under.over > KEPT_FAILURE:
            del self._under[name]


JOBS = Jobs()


def _standing(under: Under) -> Standing:
    job = under.job
    state, left = job.state, job.seconds_left
    message = job.sentence if state == "failed" else job.message
    waiting = "Waiting until other work is done" if state == "queued" else ""
    return Standing(state, job.progress, message or waiting, None if left is None else round(left, 1), job.partial)
