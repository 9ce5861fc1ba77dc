"""Carries what a run writes into metrics.jsonl to its trackers, from threads of their own, while the run goes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from vae_core.checkpoint import MetricsTail, write_atomic
from vae_core.settings import Config
from vae_core.training.run_folder import run_folder
from vae_core.training.tracking.figures import figures_of, scores_of, steps_per_epoch
from vae_core.training.tracking.trackers import TRACKERS, End, Tracker, facts

SECONDS = 1.0
log = logging.getLogger(__name__)


class Following:
    """One tracker of one run. What cannot be written is tried again; a tracker that fails never ends the run.

    How far it came is kept in `run/tracking-NAME.json`, so that a resumed run goes on in the same place.
    """

    def __init__(self, name: str, folder: Path, config: Config, tracker: Tracker | None = None) -> None:
        self.name, self._file = name, run_folder(folder) / f"tracking-{name}.json"
        self._tracker = tracker or TRACKERS[name].open(folder)
        self._config, self._folder, self._steps = config, folder, steps_per_epoch(config)
        self._done, self._failing = threading.Event(), False
        self._thread = threading.Thread(target=self._follow, name=f"tracking-{name}", daemon=True)

    def begin(self) -> None:
        """Open the tracker, where an earlier part of the run left it. Raises TrainingError when it cannot be opened."""
        kept = _read(self._file)
        goes_on = self._tracker.begin(self._config, kept.get("key", ""))
        kept = kept if goes_on else {}
        self._tail = MetricsTail(self._folder, kept.get("offset", 0), kept.get("mark", ""))
        self._place = tuple(kept.get("place", (0, 0)))
        self._keep()
        self._thread.start()

    def end(self, state: End, evaluation: dict[str, Any]) -> None:
        """Write what is left and the final scores, and close; says in the log what could not be written."""
        self._done.set()
        self._thread.join()
        self._try(self._catch_up)
        self._try(lambda: self._tracker.end(state, scores_of(evaluation), self._place[0]))

    def _follow(self) -> None:
        while not self._done.wait(SECONDS):
            self._try(self._catch_up)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
            self._failing = False
        except Exception as error:  # of a full disk, of the network, of the package: the run goes on
            if not self._failing:
                log.warning("--log-to %s: not written for now (%s: %s)", self.name, type(error).__name__, error)
            self._failing = True

    def _catch_up(self) -> None:
        more = True
        while more:
            tail = MetricsTail(self._folder, self._tail.offset, self._tail.mark)
            piece = tail.read()
            if piece.restarted and not self._tracker.keeps:
                self._tracker.begin(self._config, "")
                self._place = (0, 0)
            figures = [figures_of(line, self._steps) for line in piece.records]
            new = [line for line in figures if line.place > self._place]
            if new:
                self._tracker.write(new)
                self._place = new[-1].place
            self._tail, more = tail, piece.more  # only now: what failed is read again
            if new or piece.restarted:
                self._keep()

    def _keep(self) -> None:
        kept = {"key": self._tracker.key, "offset": self._tail.offset, "mark": self._tail.mark, "place": self._place}
        write_atomic(self._file, json.dumps(kept).encode())


class Followings:
    """All trackers of a run, closed when the block ends; one that ends without a word has failed."""

    def __init__(self) -> None:
        self._every: list[Following] = []
        self._state: End = "failed"
        self._evaluation: dict[str, Any] = {}

    def begin(self, names: Iterable[str], folder: Path, config: Config) -> None:
        """Open these trackers, in the process that writes. Raises TrainingError when one cannot be opened."""
        for name in names:
            following = Following(name, folder, config)
            following.begin()
            self._every.append(following)

    def finish(self, state: End, evaluation: dict[str, Any]) -> None:
        """Note how the run ended, and its scores."""
        self._state, self._evaluation = state, evaluation

    def __enter__(self) -> Followings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for following in self._every:
            following.end(self._state, self._evaluation)


def _read(file: Path) -> dict[str, Any]:
    try:
        return facts(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return {}
