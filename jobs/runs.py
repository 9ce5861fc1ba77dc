"""Training runs: detached processes of the command line, known by what they write into their checkpoint folder.

Nothing about a run is kept here: any page, any browser, any server finds it again through `run/status.json`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from store import checkpoints_root
from vae_core.checkpoint import NAME_RULE
from vae_core.command_line.options import flag_of
from vae_core.data import DATA_SETS, DATA_VARIABLE, available, data_root
from vae_core.training.run_folder import (
    LOG,
    RunStatus,
    read_status,
    request_stop,
    run_folder,
    stop_requested,
    write_status,
)

NICENESS = 10
STARTING_SECONDS = 180.0  # without a first word, after which a run counts as failed
MOST_RUNS = 2
_STARTING = threading.Lock()
LOG_TAIL = 2_000  # bytes: enough for the last lines of an error
SILENT_END = "the process ended before it said a word; its log says why"
PROJECT = Path(__file__).resolve().parent.parent
# command-line option -> field of the request
OPTIONS = {
    "--data": "data",
    "--network": "network",
    "--latent-dim": "latent_dim",
    "--likelihood": "likelihood",
    "--epochs": "epochs",
    "--batch-size": "batch_size",
    "--lr": "learning_rate",
    "--seed": "seed",
}


class RunRefused(Exception):
    """The run cannot be started or stopped; the message says the value, the rule and the way out."""


@dataclass(frozen=True)
class RunRequest:
    """What to train, in the words of the command line."""

    name: str
    data: str = "digits"
    network: str = "mlp"
    latent_dim: int = 2
    likelihood: str = "gaussian"
    epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 1e-3
    seed: int = 0
    options: dict[str, str] = field(default_factory=dict)


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

    def log_tail(self) -> str:
        """The last lines that the run printed; empty when there are none."""
        try:
            return _log(self.folder).read_bytes()[-LOG_TAIL:].decode("utf-8", "replace").strip()
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


def start_run(request: RunRequest) -> RunHandle:
    """Starts a training run as a process of its own, which goes on when the server or the browser ends.

    Raises RunRefused when the name is bad or taken, the data is not on this machine, or enough runs are under way.
    """
    with _STARTING:  # two starts at once must not exceed the number of runs that are allowed
        problem = name_problem(request.name) or _data_problem(request.data) or _crowd_problem()
        if problem:
            raise RunRefused(problem)
        folder = checkpoints_root() / request.name
        process = _begin(request, folder)
    threading.Thread(target=_see_it_end, args=(process, folder), name=f"run-{process.pid}", daemon=True).start()
    return RunHandle(request.name, folder, _before_first_word(folder))


def _begin(request: RunRequest, folder: Path) -> subprocess.Popen:
    """Makes the folder and starts the process; leaves nothing behind when either cannot be done."""
    made = False
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()  # whoever makes the folder has the name
        made = True
        run_folder(folder).mkdir()
        return _detached(run_command(request, folder), _log(folder))
    except OSError as reason:
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise RunRefused(
            f"The run cannot be started in {folder} ({reason}). Make room, or mend what it says."
        ) from reason


def stop_run(name: str) -> None:
    """Asks the run to stop and keep what it has. Raises RunRefused when no such run is under way."""
    run = find_run(name)
    if run is None or not run.status.alive:
        raise RunRefused(f"The run is {name!r}; no run of that name is under way. See the gallery for its model.")
    request_stop(run.folder)


def find_run(name: str) -> RunHandle | None:
    """The run of that name, finished or not; None when there is none, or the name is no name."""
    if not re.fullmatch(NAME_RULE, name):
        return None
    folder = checkpoints_root() / name
    status = read_status(folder) or _before_first_word(folder)
    return RunHandle(name, folder, status) if status else None


def list_runs() -> tuple[RunHandle, ...]:
    """All runs that left a status, those under way first, then the latest heartbeat first."""
    found = sorted(_runs(), key=lambda run: (not run.status.alive, -run.status.heartbeat))
    return tuple(found)


def run_command(request: RunRequest, folder: Path) -> list[str]:
    """The command line that trains what was asked for into the folder."""
    options = [text for option, field in OPTIONS.items() for text in (option, str(getattr(request, field)))]
    for name, value in request.options.items():
        flag = flag_of("classes" if name == "conditional" else name)
        options += [flag] if value == "true" else [flag, value]
    return [sys.executable, "-m", "vae_core", "train", *options, "--out", str(folder)]


def _runs() -> Iterator[RunHandle]:
    root = checkpoints_root()
    names = sorted(place.parent.name for place in root.glob("*/run")) if root.is_dir() else []
    return (run for run in map(find_run, names) if run is not None)


def _data_problem(name: str) -> str | None:
    if available(name):
        return None
    known = ", ".join(data for data in DATA_SETS if available(data))
    return (
        f"The data set is {name!r}; its files are not on this machine. Choose one of {known}, or put its IDX files "
        f"into the folder {name!r} of the data folder (LATENT_EXPLORER_DATA)."
    )


def _crowd_problem() -> str | None:
    alive = [run.name for run in list_runs() if run.status.alive]
    if len(alive) < MOST_RUNS:
        return None
    return f"{len(alive)} runs are under way ({', '.join(alive)}); at most {MOST_RUNS} may be. Wait, or stop one."


def _log(folder: Path) -> Path:
    return run_folder(folder) / LOG


def _before_first_word(folder: Path) -> RunStatus | None:
    """The status of a run that has been started and has not written one yet: only its log is there.

    It counts as starting for STARTING_SECONDS: at its low priority, importing takes a while on a machine that is busy.
    """
    try:
        started = _log(folder).stat().st_mtime
    except OSError:
        return None
    starting = RunStatus(state="starting", pid=0, process_started="", boot_id="", heartbeat=time.time())
    if time.time() - started < STARTING_SECONDS:
        return starting
    return replace(starting, state="failed", heartbeat=started, message=SILENT_END)


def _detached(command: list[str], log: Path) -> subprocess.Popen:
    """Starts the command in a session of its own, at low priority, its output in the log."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            # the same places as this process, which may stand in another folder than the project's
            env={**os.environ, DATA_VARIABLE: str(data_root())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _make_way(process.pid)
    return process


def _make_way(pid: int) -> None:
    """Low priority for a process with a session of its own.

    Linux shares the processor among sessions first ("autogroup"), where niceness counts only within one: without a
    word for the whole session a training run took as much as the server and all its pages together.
    """
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):  # it may be over already
            os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    with contextlib.suppress(OSError):  # another system, a kernel without autogroups
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")


def _see_it_end(process: subprocess.Popen, folder: Path) -> None:
    """Waits for the process, so that it leaves no zombie; says in its place that it failed if it never said a word."""
    code = process.wait()
    if read_status(folder) is not None or not folder.exists():
        return
    status = _before_first_word(folder)
    if status is not None:
        message = f"{SILENT_END} (code {code})"
        write_status(folder, replace(status, state="failed", heartbeat=time.time(), message=message))
