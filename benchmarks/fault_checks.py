"""What `benchmarks.faults` looks at: files that cannot be read, and states that are not so."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from safetensors.torch import load_file

import jobs
from jobs.run_request import read_request
from vae_core.checkpoint import CheckpointError, read_metrics, read_steps
from vae_core.training import RunStatus, list_snapshots, read_fixed, read_snapshot, read_status
from vae_core.training.liveness import process_start
from vae_core.training.state import STATE_FILE

LOOK_SECONDS = 0.05
SETTLE_SECONDS = 2.0  # within which a page that asks every second shows what is so


@dataclass
class Faults:
    """What was done to the runs, and what came of it. The goal is 0 in every field but the first.

    done: how many faults of each kind. lost: runs that could not be continued, or gave other weights than a run left
    alone. corrupted: files that could not be read after a fault. wrong: states that were not so. notes: of each what.
    """

    done: Counter = field(default_factory=Counter)
    lost: int = 0
    corrupted: int = 0
    wrong: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str) -> None:
        """Count one more lost, corrupted or wrong, and keep what it was."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.notes.append(f"{kind}: {what}")

    def as_dict(self) -> dict:
        return {
            "faults": dict(self.done),
            "runs lost": self.lost,
            "corrupted files": self.corrupted,
            "wrong states": self.wrong,
            "notes": self.notes[:20],
        }


def check_files(folder: Path, faults: Faults) -> None:
    """Read every file of a run that a page or a continued run needs, and count those that cannot be read."""
    tensors = [folder / "model.safetensors", folder / STATE_FILE]
    texts = [folder / "config.json", folder / "evaluation.json", folder / "run" / "status.json"]
    checks = [(file, load_file) for file in tensors]
    checks += [(file, lambda file: json.loads(file.read_text())) for file in texts]
    for file, read in checks:
        try:
            _ = read(file) if file.exists() else None
        except Exception as error:  # whatever the reader says: it is damaged
            faults.note("corrupted", f"{file.name}: {error}")
    try:
        read_metrics(folder), read_steps(folder)
        for epoch in list_snapshots(folder):
            read_snapshot(folder, epoch, weights=True)
        if list_snapshots(folder):
            read_fixed(folder)
    except CheckpointError as error:
        faults.note("corrupted", str(error))
    if read_request(folder) is None:
        faults.note("corrupted", "run/request.json")


def expect_state(
    name: str, states: tuple[str, ...], faults: Faults, seconds: float = SETTLE_SECONDS
) -> RunStatus | None:
    """Wait until the run is shown in one of these states; counts a wrong state when it is not within the time."""
    deadline = time.monotonic() + seconds
    while True:
        run = jobs.find_run(name)
        if run is not None and run.status.state in states:
            return run.status
        if time.monotonic() > deadline:
            faults.note(
                "wrong",
                f"{name} is shown as {run and run.status.state}, {run and run.status.message!r}; "
                f"it is {' or '.join(states)}",
            )
            return run.status if run else None
        time.sleep(LOOK_SECONDS)


def watch(name: str, seconds: float, faults: Faults, until: tuple[str, ...] = ()) -> None:
    """Look at a run for so long; a run whose process is there must not be shown as over, nor the other way round."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = read_status(jobs.find_run(name).folder) if jobs.find_run(name) else None
        if status is None:
            faults.note("wrong", f"{name} is shown as no run")
        elif status.state == "failed" and status.pid and process_start(status.pid) == status.process_started:
            faults.note("wrong", f"{name} is shown as failed while its process is there")
        if status is not None and status.state in until:
            return
        time.sleep(LOOK_SECONDS)


def kill(pid: int) -> bool:
    """SIGKILL; whether there was such a process."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    deadline = time.monotonic() + 10
    while process_start(pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    return True
