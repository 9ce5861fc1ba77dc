"""Runs found again: nothing about them is kept here, any page, browser or server reads it from their folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs.run_process import log_file
from jobs.run_request import RunRequest, read_request
from store import checkpoints_root
from vae_core.checkpoint import NAME_RULE
from vae_core.training.run_folder import RunStatus, read_status, stop_requested

LOG_TAIL = 2_000  # bytes: enough for the last lines of an error


@dataclass(frozen=True)
class RunHandle:
    """A run to watch: its name, its checkpoint folder, and how it is doing."""

    name: str
    folder: Path
    status: RunStatus

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not done so yet."""
        return self.status.alive and stop_requested(self.folder)

    @property
    def queued(self) -> bool:
        """Whether it waits for its turn."""
        return self.status.state == "queued"

    @property
    def request(self) -> RunRequest | None:
        """What was asked for; None for a run that was started in a shell."""
        kept = read_request(self.folder)
        return kept.request if kept else None

    @property
    def sweep(self) -> str:
        """The sweep that it belongs to, or ""."""
        request = self.request
        return request.sweep if request else ""

    def log_tail(self) -> str:
        """The last lines that the run printed; empty when there are none."""
        try:
            return log_file(self.folder).read_bytes()[-LOG_TAIL:].decode("utf-8", "replace").strip()
        except OSError:
            return ""


def name_problem(name: str) -> str | None:
    """Why a new model cannot have this name, as a sentence; None when it can."""
    if not re.fullmatch(NAME_RULE, name):
        return (
            f"The name is {name!r}; a name has 1 to 64 characters of a-z, 0-9, dot, dash and underscore, and starts "
            "with a letter or figure. Try “my-digits”."
        )
    if (checkpoints_root() / name).exists():
        return f"The name {name} is taken; a run never overwrites a model. Choose another name."
    return None


def find_run(name: str) -> RunHandle | None:
    """The run of that name, over or not; None when there is none, or the name is no name."""
    if not re.fullmatch(NAME_RULE, name):
        return None
    folder = checkpoints_root() / name
    status = read_status(folder)
    return RunHandle(name, folder, status) if status else None


def list_runs() -> tuple[RunHandle, ...]:
    """All runs that left a status: those under way, those that wait as they will start, then the latest first."""
    return tuple(sorted(_runs(), key=_rank))


def queued_runs() -> tuple[RunHandle, ...]:
    """Those that wait for their turn, in the order in which they will start."""
    return tuple(run for run in list_runs() if run.queued)


def run_request(name: str) -> RunRequest | None:
    """What was asked for under that name; None when there is no such run, or a shell started it."""
    run = find_run(name)
    return run.request if run else None


def place_in_queue(run: RunHandle) -> int:
    """Smaller is sooner; a run without a place comes first."""
    kept = read_request(run.folder)
    return kept.place if kept else 0


def _rank(run: RunHandle) -> tuple:
    if run.queued:
        return 1, place_in_queue(run), run.status.heartbeat, run.name
    return (0 if run.status.alive else 2), -run.status.heartbeat, run.name


def _runs() -> Iterator[RunHandle]:
    root = checkpoints_root()
    names = sorted(place.parent.name for place in root.glob("*/run")) if root.is_dir() else []
    return (run for run in map(find_run, names) if run is not None)
