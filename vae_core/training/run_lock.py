"""One folder, one run: a lock that the system gives back when the process that holds it ends, however it ends."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from vae_core.training.errors import TrainingError
from vae_core.training.run_folder import LOCK, read_status, run_folder


class RunLock:
    """Held by a training process from `take` to the end of the block; of two that start at once one is refused."""

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def take(self, folder: Path) -> None:
        """Raises TrainingError when another process trains in this folder. Makes `run/` where it is missing."""
        run_folder(folder).mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(run_folder(folder) / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        if not _locked(self._descriptor):
            raise taken(folder)

    def __enter__(self) -> RunLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def taken(folder: Path) -> TrainingError:
    """The refusal of a folder in which a run is under way."""
    status = read_status(folder)
    who = f"process {status.pid}" if status and status.pid else "another process"
    return TrainingError(
        f"{folder.name} is being trained by {who}; one folder takes one run at a time. "
        "Wait for it, stop it, or choose another --out."
    )


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # a system without such locks: the status alone tells
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network disk that knows no locks
        return True
    return True
