"""A run's folder, as long as it is there: writing waits where the disk is full and ends where the folder is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vae_core.training.errors import TrainingError
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.run_folder import FULL_DISK

LONGEST_WAIT = 600.0  # seconds for which a run waits for room
BETWEEN_TRIES = 0.5
NO_ROOM = "No space is left on the disk that holds {name}. The run waits; free some space and it goes on by itself."
Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Home:
    """The folder of a run, known by more than its name: one that was removed and made anew is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._identity = _identity(folder)

    @property
    def is_there(self) -> bool:
        """Whether the folder still is the one that the run began in."""
        return self._identity is not None and _identity(self._folder) == self._identity

    def check(self) -> None:
        """Raises TrainingError when the folder is gone."""
        if not self.is_there:
            raise TrainingError(
                f"The folder {self._folder.name} was removed or moved while its run went on; the run has ended and"
                " writes nothing more. Put the folder back and resume it, or train into a new --out."
            )


class Writer:
    """Writes for a run. Where there is no room it tries again until there is, for ten minutes at most."""

    def __init__(
        self, home: Home, name: str, heartbeat: Heartbeat, asked_to_stop: Callable[[], bool], pulse: Callable[[], None]
    ) -> None:
        self._home, self._name, self._heartbeat = home, name, heartbeat
        self._asked_to_stop, self._pulse = asked_to_stop, pulse
        self.waited = 0.0  # seconds in all

    def __call__(self, work: Callable[[], Result]) -> Result:
        """What ``work`` gives back; it may be done several times, so it writes whole files or nothing.

        Raises TrainingError when the folder is gone, or when there is no room and the run is asked to stop or has
        waited for ten minutes; OSError for any other fault of the file system.
        """
        began = time.monotonic()
        while True:
            self._home.check()
            try:
                result = work()
            except OSError as error:
                self._home.check()
                if error.errno not in FULL_DISK:
                    raise
                self._wait(time.monotonic() - began)
            else:
                self._go_on(time.monotonic() - began)
                return result

    def if_there_is_room(self, work: Callable[[], object]) -> None:
        """Do what may be left out where the disk is full: pictures to look at. Raises as a call does otherwise."""
        self._home.check()
        try:
            work()
        except OSError as error:
            self._home.check()
            if error.errno not in FULL_DISK:
                raise
            log.warning("left out, no space on the disk: %s", error)

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT or self._asked_to_stop():
            raise TrainingError(
                f"No space is left on the disk that holds {self._name}; the run ended after waiting {seconds:.0f} s."
                " What it saved before is kept. Free some space, then continue it."
            )
        self._heartbeat.tell(state="paused", message=NO_ROOM.format(name=self._name))
        self._pulse()
        time.sleep(BETWEEN_TRIES)

    def _go_on(self, seconds: float) -> None:
        if self._heartbeat.status.message == NO_ROOM.format(name=self._name):
            self.waited += seconds
            self._heartbeat.tell(state="running", message="")


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
