"""What a run will take, measured by its own first steps in a process of its own; one at a time for everybody."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from jobs import RunRequest, run_command
from vae_core.data import DATA_VARIABLE, data_root

PROJECT = Path(__file__).resolve().parent.parent
NICENESS = 10  # as a training run has: what is measured is what it will get
State = Literal["queued", "running", "done", "failed", "cancelled"]
MOST_KEPT = 64
LONGEST_SECONDS = 900.0
NO_WORD = "The measuring ended without an answer"


@dataclass(frozen=True)
class EstimateState:
    """Where an estimate stands. found: the fields of vae_core.training.estimate.Estimate, once it is done."""

    state: State
    share: float = 0.0
    message: str = ""
    found: dict[str, Any] | None = None


class EstimateJob:
    """The measuring of one request."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._now = EstimateState("queued", message="Waiting for another estimate")
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()

    @property
    def now(self) -> EstimateState:
        """Where it stands."""
        return self._now

    def cancel(self) -> None:
        """Ends the measuring; does nothing once it is over."""
        with self._lock:
            if self._now.state not in ("queued", "running"):
                return
            self._now = EstimateState("cancelled", message="The estimate was cancelled.")
            if self._process is not None:
                self._process.kill()

    def run(self) -> None:
        """Measures; for the thread that does one after the other."""
        with self._lock:
            if self._now.state != "queued":
                return
            self._process = _measuring(self._command)
            self._now = EstimateState("running", message="Starting")
        killer = threading.Timer(LONGEST_SECONDS, self._process.kill)
        killer.start()
        try:
            self._follow(self._process)
        finally:
            killer.cancel()

    def _follow(self, process: subprocess.Popen) -> None:
        found: dict[str, Any] | None = None
        for line in process.stdout or ():
            said = _said(line)
            found = said.get("estimate", found)
            if "share" in said:
                self._change(lambda now, said=said: replace(now, share=said["share"], message=said["message"]))
        errors = process.stderr.read() if process.stderr else ""
        code = process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        if found is not None and code == 0:
            self._change(lambda now: EstimateState("done", 1.0, "", found))
        else:
            self._change(lambda now: EstimateState("failed", message=_why(errors, code)))

    def _change(self, change: Callable[[EstimateState], EstimateState]) -> None:
        with self._lock:
            if self._now.state == "running":
                self._now = change(self._now)


class Estimates:
    """Estimates of this server by what they depend on, one measured at a time; a bounded memory of them."""

    def __init__(self) -> None:
        self._one = ThreadPoolExecutor(1, thread_name_prefix="estimate")
        self._known: OrderedDict[str, tuple[EstimateJob, Future]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, request: RunRequest) -> EstimateJob | None:
        """The estimate of a request that takes the same, under way or done; None where there is none."""
        with self._lock:
            found = self._known.get(estimate_key(request))
        return found[0] if found else None

    def ask(self, request: RunRequest) -> EstimateJob:
        """The estimate of a request, begun where there is none that is done or under way."""
        key = estimate_key(request)
        with self._lock:
            found = self._known.get(key)
            if found and found[0].now.state in ("queued", "running", "done"):
                return found[0]
            job = EstimateJob(estimate_command(request))
            self._known[key] = (job, self._one.submit(job.run))
            self._known.move_to_end(key)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)[1][0].cancel()
        return job


_ESTIMATES = Estimates()


def estimates() -> Estimates:
    """Those of this server."""
    return _ESTIMATES


def estimate_key(request: RunRequest) -> str:
    """What an estimate depends on: all but the name, the seed and the length, which only counts its epochs."""
    return json.dumps(estimate_command(replace(request, name="x", seed=0, epochs=1)))


def seconds_of(found: dict[str, Any], epochs: int) -> float:
    """Seconds of a run of so many epochs, from the figures of an estimate."""
    return found["start_seconds"] + epochs * found["epoch_seconds"] + found["results_seconds"]


def estimate_command(request: RunRequest) -> list[str]:
    """The command line that measures what `run_command` would train."""
    command = run_command(request, Path("estimate"))
    words = command[command.index("train") + 1 :]
    place = words.index("--out")
    kept = [word for word in words[:place] + words[place + 2 :] if word not in ("--resume", "--snapshots")]
    return [*command[: command.index("train")], "estimate", *kept, "--json"]


def _measuring(command: list[str]) -> subprocess.Popen:
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, DATA_VARIABLE: str(data_root()), "COLUMNS": "500"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it may be over already
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


def _said(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _why(errors: str, code: int) -> str:
    """What the command said when it refused, as a sentence."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    told = next((line.partition("Error:")[2].strip() for line in lines if line.startswith("Error:")), "")
    if told:
        return told[:1].upper() + told[1:]
    last = f": {lines[-1][:200]}" if lines else ""
    return f"{NO_WORD} (code {code}{last}). Start the run all the same, or try again."


def wait_for(job: EstimateJob, seconds: float) -> EstimateState:
    """Where an estimate stands once it is over, or after so many seconds."""
    ends = time.monotonic() + seconds
    while job.now.state in ("queued", "running") and time.monotonic() < ends:
        time.sleep(0.05)
    return job.now
