"""The `run/` folder beside a model: how a training run tells others how it is doing, and how it is asked to stop."""

from __future__ import annotations

import errno
import io
import json
import os
import time
import zipfile
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from vae_core.checkpoint import write_atomic
from vae_core.training.liveness import boot_id, is_alive, process_start

RUN = "run"
STATUS, PREVIEW, STOP, LOG, LOCK = "status.json", "preview.npz", "stop", "log.txt", "lock"
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
LARGEST = 2.0**40  # of any number in a status: no Unix time and no count comes near
State = Literal["queued", "starting", "running", "paused", "finished", "stopped", "failed", "discarded"]
STATES = ("queued", "starting", "running", "paused", "finished", "stopped", "failed", "discarded")
UNDER_WAY = ("starting", "running", "paused")
ENDED = "the process ended without a word"


@dataclass(frozen=True)
class RunStatus:
    """How a run is doing. Times in seconds; `heartbeat` is Unix time; `epoch` counts finished epochs;
    `step` of `steps` is the place in the epoch under way. `learning_rate` and `beta` are those of the next step
    (`beta` is None where the objective takes none), `delay` the wait after each step (slow motion).

    queued: waits for its turn, without a process. paused: its process waits for an order, or for room on the disk.
    discarded: nothing of it is to be kept; its folder goes to the bin. `launched`: so far nobody but who queued or
    started the run has written here.
    """

    state: State
    pid: int
    process_started: str
    boot_id: str
    heartbeat: float
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    command: str = ""
    learning_rate: float | None = None
    beta: float | None = None
    delay: float = 0.0
    launched: bool = False

    @property
    def alive(self) -> bool:
        """Whether the process that wrote this is still at it, training or paused."""
        return self.state in UNDER_WAY and is_alive(self.pid, self.process_started, self.boot_id, self.heartbeat)

    @property
    def share_done(self) -> float:
        """How much of the run is done, 0 to 1."""
        if not self.epochs:
            return 0.0
        return min(1.0, (self.epoch + (self.step / self.steps if self.steps else 0.0)) / self.epochs)


@dataclass(frozen=True)
class Preview:
    """What the model draws at the end of an epoch: uint8 (n, C, H, W) each, in 0..255."""

    originals: np.ndarray
    reconstructions: np.ndarray
    samples: np.ndarray
    epoch: int


def run_folder(folder: Path) -> Path:
    """The `run/` folder of a checkpoint folder."""
    return folder / RUN


def write_status(folder: Path, status: RunStatus) -> None:
    """Replace run/status.json, whole or not at all."""
    run_folder(folder).mkdir(parents=True, exist_ok=True)
    write_atomic(run_folder(folder) / STATUS, json.dumps(asdict(status), indent=1).encode())


def rewrite_status(folder: Path, status: RunStatus) -> None:
    """Replace the run/status.json that is there; where the disk is full, overwrite its bytes in place.

    Raises FileNotFoundError when it is not there: whoever removes a folder must not find it made again.
    """
    file, content = run_folder(folder) / STATUS, json.dumps(asdict(status), indent=1).encode()
    file.stat()
    try:
        write_atomic(file, content)
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        _overwrite(file, content)


def _overwrite(file: Path, content: bytes) -> None:
    """In one write, into room that the file has already."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        size = os.fstat(descriptor).st_size
        os.pwrite(descriptor, content.ljust(size), 0)
    finally:
        os.close(descriptor)


def read_status(folder: Path) -> RunStatus | None:
    """The status of the run in this checkpoint folder, None when there is none or it cannot be read.

    A run whose process is gone without a last word reads as failed.
    """
    try:
        status = RunStatus(**json.loads((run_folder(folder) / STATUS).read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if status.state not in STATES or not _is_well_formed(status):
        return None
    if status.state not in UNDER_WAY or status.alive:
        return status
    last = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(status.heartbeat))
    message = f"{ENDED}; last heartbeat {last}. What it saved is kept; --resume continues it."
    return replace(status, state="failed", message=message, seconds_left=None)


def _is_well_formed(status: RunStatus) -> bool:
    """Whether every field has its type and every number is finite; some may be None."""
    counts = (status.pid, status.epoch, status.epochs, status.step, status.steps)
    may_lack = (status.seconds_left, status.learning_rate, status.beta)
    numbers = (
        status.heartbeat,
        status.images_per_second,
        status.delay,
        *(number for number in may_lack if number is not None),
    )
    words = (status.process_started, status.boot_id, status.message, status.command)
    return (
        all(type(count) is int and abs(count) < LARGEST for count in counts)
        and all(type(number) in (int, float) and abs(number) < LARGEST for number in numbers)
        and all(isinstance(text, str) for text in words)
        and type(status.launched) is bool
    )


def request_stop(folder: Path) -> None:
    """Ask the run in this folder to stop and keep what it has."""
    run_folder(folder).mkdir(parents=True, exist_ok=True)
    (run_folder(folder) / STOP).touch()


def stop_requested(folder: Path) -> bool:
    """Whether somebody asked the run in this folder to stop."""
    return (run_folder(folder) / STOP).exists()


def clear_stop(folder: Path) -> None:
    """Forget an earlier request to stop."""
    (run_folder(folder) / STOP).unlink(missing_ok=True)


def write_preview(folder: Path, preview: Preview) -> None:
    """Replace run/preview.npz, whole or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, **asdict(preview))
    write_atomic(run_folder(folder) / PREVIEW, buffer.getvalue())


def read_preview(folder: Path) -> Preview | None:
    """The pictures of the last epoch, None when there are none yet or they cannot be read."""
    try:
        content = io.BytesIO((run_folder(folder) / PREVIEW).read_bytes())
        with np.load(content, allow_pickle=False) as arrays:
            pictures = {name: arrays[name] for name in ("originals", "reconstructions", "samples")}
            return Preview(**pictures, epoch=int(arrays["epoch"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def first_status(state: State, epochs: int, command: str) -> RunStatus:
    """A status of this very process, stamped with its identity."""
    pid = os.getpid()
    return RunStatus(
        state=state,
        pid=pid,
        process_started=process_start(pid),
        boot_id=boot_id(),
        heartbeat=time.time(),
        epochs=epochs,
        command=command,
    )
