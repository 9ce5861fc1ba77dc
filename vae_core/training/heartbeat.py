"""Keeps `run/status.json` fresh from a thread of its own, so that a long step does not look like a dead run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from vae_core.training.run_folder import RunStatus, first_status, rewrite_status, write_status

BEAT_SECONDS = 0.5
AT_ONCE = "Ended at once, before the model was measured; what was saved before is kept. --resume continues it."
log = logging.getLogger(__name__)


class Heartbeat:
    """Holds the status of this run and writes it twice a second while the block runs; the last word on the way out.

    An exception that leaves the block marks the run as failed, with its text as message. One that is not to be seen
    (of the processes that train together only the first is) writes nothing.
    """

    def __init__(self, folder: Path, epochs: int, command: str, is_seen: bool = True) -> None:
        self._folder = folder
        self._is_seen = is_seen
        self._status = first_status("starting", epochs, command)
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    @property
    def status(self) -> RunStatus:
        return self._status

    def update(self, **changes: Any) -> None:
        """Change fields of the status; the next beat writes them."""
        with self._lock:
            self._status = replace(self._status, **changes)

    def tell(self, **changes: Any) -> None:
        """Change fields of the status and write them at once."""
        self.update(**changes)
        self._write(rewrite_status)

    def __enter__(self) -> Heartbeat:
        self._write(write_status)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        if error is not None:
            nameless = AT_ONCE if isinstance(error, KeyboardInterrupt) else kind.__name__
            self.update(state="failed", message=str(error) or nameless, seconds_left=None)
        self._write(rewrite_status)

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            self._write(rewrite_status)

    def _write(self, write: Callable[[Path, RunStatus], None]) -> None:
        self.update(heartbeat=time.time())
        if not self._is_seen:
            return
        try:
            with self._writing:
                write(self._folder, self._status)
        except OSError as error:  # neither a full disk nor a folder that is gone may end the training from here
            log.warning("status of the run not written: %s", error)
