"""Runs wait for one another: how many go at once, who starts the next, and in which order.

A run that waits has its folder, with run/status.json saying so and run/request.json what to train. Whoever holds the
lock of the queue may start one: a server that is asked to, a thread of every server that looks each two seconds, and
each run as it ends. So the queue goes on when no page is open, when no server is up (the run that ends starts the
next), and when a run was killed (a server does, the next one that comes up where none is). The lock is the system's:
it is free again when the process that held it is killed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from jobs.run_bin import bin_run
from jobs.run_handles import RunHandle, list_runs, place_in_queue, queued_runs
from jobs.run_process import start_process
from jobs.run_refused import RunRefused
from jobs.run_request import read_request, write_request
from store import checkpoints_root
from vae_core.training.liveness import boot_id, process_start
from vae_core.training.run_folder import RunStatus, read_status, write_status

RUNS_VARIABLE, MOST_RUNS = "LATENT_EXPLORER_RUNS", 16
LOCK_FILE = ".queue.lock"
LOOK_SECONDS = 2.0
SILENT_END = "the process ended before it said a word; its log says why"
_HERE = threading.RLock()  # a lock on a file holds off other processes, not other threads of this one
log = logging.getLogger(__name__)


def runs_at_once() -> int:
    """How many runs train at a time, from LATENT_EXPLORER_RUNS (default 1). Paused runs count.

    Raises ValueError when it is no whole number from 1 to 16.
    """
    text = os.environ.get(RUNS_VARIABLE, "1").strip()
    if text.isdecimal() and 1 <= int(text) <= MOST_RUNS:
        return int(text)
    raise ValueError(f"{RUNS_VARIABLE} is {text!r}; it must be a whole number from 1 to {MOST_RUNS}. Set it to 1.")


@contextmanager
def queue_lock() -> Iterator[None]:
    """While the block runs nobody else changes the queue of this folder of checkpoints. Raises OSError."""
    root = checkpoints_root()
    root.mkdir(parents=True, exist_ok=True)
    with _HERE, (root / LOCK_FILE).open("a") as file:
        with contextlib.suppress(ImportError, OSError):  # a system or a network disk without such locks
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_waiting(ignoring: int = 0) -> tuple[str, ...]:
    """Start as many of those that wait as there is room for; gives back their names.

    ``ignoring``: a process that is about to end, whose run does not count.
    """
    try:
        with queue_lock():
            return start_those_that_may(ignoring)
    except OSError as error:
        log.warning("the queue cannot be looked at: %s", error)
        return ()


def start_those_that_may(ignoring: int = 0, asked: str = "") -> tuple[str, ...]:
    """As `start_waiting`, under a lock that the caller holds.

    A run that cannot be started is marked as failed; that of the name ``asked`` is left, and its error raised.
    """
    busy = sum(run.status.alive and run.status.pid != ignoring for run in list_runs())
    started: list[str] = []
    for run in queued_runs():
        if busy + len(started) >= runs_at_once():
            break
        try:
            start_queued(run)
            started.append(run.name)
        except (OSError, RunRefused) as reason:
            if run.name == asked:
                raise
            message = f"the run could not be started: {reason}"
            with contextlib.suppress(OSError):
                write_status(run.folder, replace(run.status, state="failed", heartbeat=time.time(), message=message))
    return tuple(started)


def start_queued(run: RunHandle) -> None:
    """Start the process of a run that waits; to be called under the lock. Raises OSError when that cannot be done."""
    kept = read_request(run.folder)
    if kept is None:
        raise RunRefused("its run/request.json cannot be read. Start it anew under another name.")
    process = start_process(list(kept.arguments), run.folder)
    _say_starting(run, process.pid)
    name = f"run-{process.pid}"
    threading.Thread(target=_see_it_end, args=(process, run.folder), name=name, daemon=True).start()


def _say_starting(run: RunHandle, pid: int) -> None:
    """The run's process is known from here on; its own first word, seconds later, takes the place of this."""
    status = read_status(run.folder)
    if status is None or not status.launched:
        return
    started = replace(
        status,
        state="starting",
        pid=pid,
        process_started=process_start(pid),
        boot_id=boot_id(),
        heartbeat=time.time(),
        message="",
    )
    write_status(run.folder, started)


def waiting_status(epochs: int, before: RunStatus | None = None) -> RunStatus:
    """The status of a run that waits for its turn, ``before`` being its status of an earlier start."""
    status = RunStatus(state="queued", pid=0, process_started="", boot_id="", heartbeat=time.time(), epochs=epochs)
    if before:
        status = replace(status, epoch=before.epoch, step=before.step, steps=before.steps)
    return replace(status, launched=True, message="waits for its turn")


def next_place() -> int:
    """The place behind everybody who waits."""
    return max(map(place_in_queue, queued_runs()), default=0) + 1


def move_in_queue(name: str, place: int) -> None:
    """Move the run of that name, or all runs of the sweep of that name, to this place among those that wait; 0 is next.

    Raises RunRefused when nobody of that name waits.
    """
    with queue_lock():
        waiting = queued_runs()
        moved = [run for run in waiting if name in (run.name, run.sweep)]
        if not moved:
            raise RunRefused(f"The name is {name!r}; no run or sweep of that name waits. See the list of runs.")
        others = [run for run in waiting if run not in moved]
        place = max(0, min(place, len(others)))
        for number, run in enumerate([*others[:place], *moved, *others[place:]], start=1):
            kept = read_request(run.folder)
            if kept and kept.place != number:
                write_request(run.folder, replace(kept, place=number))


def _see_it_end(process: subprocess.Popen, folder: Path) -> None:
    """Wait for the process, so that it leaves no zombie; say in its place that it failed if it never said a word."""
    code = process.wait()
    status = read_status(folder)
    if status is not None and status.launched and status.pid == process.pid:
        message = f"{SILENT_END} (code {code})"
        with contextlib.suppress(OSError):
            write_status(folder, replace(status, state="failed", heartbeat=time.time(), message=message))
    look_after_runs()


def look_after_runs() -> None:
    """What has to be done for runs that ended: start the next, and put what was discarded into the bin."""
    start_waiting()
    for run in list_runs():
        if run.status.state == "discarded":
            with contextlib.suppress(RunRefused, OSError):
                # it may come back from the bin: then as one that was stopped
                write_status(run.folder, replace(run.status, state="stopped"))
                bin_run(run.name)


class QueueKeeper:
    """The thread of a server that looks after the runs. It reads only the statuses that have changed."""

    def __init__(self) -> None:
        self._started = threading.Lock()
        self._states: dict[Path, tuple[tuple[int, int], str]] = {}

    def start(self) -> None:
        """Once in a process; later calls do nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._keep, name="queue", daemon=True).start()

    def _keep(self) -> None:
        while True:
            try:
                if self.has_work():
                    look_after_runs()
            except Exception:
                log.exception("The queue could not be looked after; it is tried again")
            time.sleep(LOOK_SECONDS)

    def has_work(self) -> bool:
        """Whether a run waits, or one was discarded."""
        states = {}
        for file in checkpoints_root().glob("*/run/status.json"):
            with contextlib.suppress(OSError):
                facts = file.stat()
                stamp = (facts.st_mtime_ns, facts.st_ino)
                known = self._states.get(file)
                states[file] = known if known and known[0] == stamp else (stamp, _state(file))
        self._states = states
        return any(state in ("queued", "discarded") for _stamp, state in states.values())


def _state(file: Path) -> str:
    status = read_status(file.parent.parent)
    return status.state if status else ""


KEEPER = QueueKeeper()


def keep_queue() -> None:
    """Start the thread that looks after this folder's runs, once in a process."""
    KEEPER.start()
