"""Whether the process of a run is still there, told without trusting a clock that somebody may set."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STALE_SECONDS = 30.0
MOST_WATCHED = 1_000


@dataclass(frozen=True)
class _Seen:
    heartbeat: float
    since: float  # on this process's own clock, which nobody sets
    beats: bool


class Beats:
    """Remembers the heartbeats of processes that cannot be looked at: those of another machine, or before a restart.

    The first look compares the heartbeat with the clock, which may be wrong by an hour on either machine. From then
    on only whether it changes counts: one that does is alive, one that has not for 30 s is not.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple, _Seen] = {}
        self._lock = threading.Lock()

    def alive(self, who: tuple, heartbeat: float) -> bool:
        """Whether the process known by ``who`` is alive, whose latest heartbeat (Unix time) this is."""
        now = time.monotonic()
        with self._lock:
            seen = self._seen.get(who)
            if seen is None or seen.heartbeat != heartbeat:
                seen = _Seen(heartbeat, now, beats=seen is not None)
                self._remember(who, seen)
        recent = seen.beats or abs(time.time() - heartbeat) <= STALE_SECONDS
        return recent and now - seen.since <= STALE_SECONDS

    def _remember(self, who: tuple, seen: _Seen) -> None:
        self._seen.pop(who, None)
        self._seen[who] = seen
        while len(self._seen) > MOST_WATCHED:
            self._seen.pop(next(iter(self._seen)))


BEATS = Beats()


def is_alive(pid: int, process_started: str, boot: str, heartbeat: float) -> bool:
    """Whether that process is at work. On this start of this machine the system knows, whatever the clock says.

    A run that cannot write its heartbeat (the disk is full) or is held up is alive all the same. Elsewhere, where a
    process number says nothing, the heartbeat decides (``Beats``).
    """
    if boot == boot_id():
        return process_start(pid) == process_started
    return BEATS.alive((pid, process_started, boot), heartbeat)


@cache
def boot_id() -> str:
    """What tells this start of this machine from every other, and one container's process numbers from another's."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return _output("sysctl", "-n", "kern.boottime")


def process_start(pid: int) -> str:
    """When the process started, in the system's own words; empty when it is gone (or only waits to be reaped)."""
    proc = Path("/proc")
    if not (proc / "self").exists():
        return _output("ps", "-o", "lstart=", "-p", str(pid))
    try:
        # The second field is the name in brackets and may hold spaces; the rest starts with the state (field 3).
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    state, start_ticks = fields[0], fields[19]
    return "" if state in "ZX" else start_ticks


def _output(*command: str) -> str:
    try:
        # one language and time zone, so that the words of two calls can be compared
        settings = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
        return subprocess.run(command, capture_output=True, text=True, timeout=5, env=settings).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
