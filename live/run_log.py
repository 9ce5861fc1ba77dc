"""The log of a run for its curves: the steps as columns of numbers, all other lines as they stand in the file."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from live.answers import Refused, route, whole_number
from live.map_answers import UNKEPT, binary
from live.run_facts import run_path
from live.step_columns import STEP_COLUMNS, step_columns

MOST_BYTES = 1 << 20  # of one read: what is parsed at once
MOST_AT_ONCE = 64  # reads for one answer
MOST_WHOLE = 4  # runs whose columns are kept; 3.6 MB each for 100,000 steps


@dataclass
class RunLog:
    """What the log holds from a byte on; `read` goes on to its end.

    steps: blocks of float32 (9, n), the columns of STEP_COLUMNS. lines: all others, as they stand in the file.
    """

    offset: int = 0
    mark: str = ""
    restarted: bool = False
    more: bool = False
    steps: list[np.ndarray] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, folder: Path) -> None:
        """Reads on, at most some 64 MB. Raises OSError as the file system does."""
        from vae_core.checkpoint import read_metrics_from

        for _ in range(MOST_AT_ONCE):
            piece = read_metrics_from(folder, self.offset, self.mark, MOST_BYTES)
            if piece.restarted:
                self.restarted, self.steps, self.lines = True, [], []
            steps, others = step_columns(piece.lines)
            if steps.size:
                self.steps.append(steps)
            if others:
                self.lines.append(others)
            self.offset, self.mark, self.more = piece.offset, piece.mark, piece.more
            if not piece.more:
                return

    def answer(self, restarted: bool) -> Response:
        """The columns one after another, then the lines; where to go on is in the head."""
        steps = np.concatenate(self.steps, axis=1) if self.steps else np.empty((len(STEP_COLUMNS), 0), np.float32)
        self.steps, self.lines = [steps], [b"".join(self.lines)]
        return binary(
            [steps, np.frombuffer(self.lines[0], np.uint8)],
            UNKEPT,
            X_Steps=str(steps.shape[1]),
            X_Next=str(self.offset),
            X_Mark=self.mark,
            X_Restarted=str(int(restarted)),
            X_More=str(int(self.more)),
        )


class WholeLogs:
    """The logs of the runs that were opened last, by folder: who opens one again has only what is new parsed."""

    def __init__(self, most: int = MOST_WHOLE) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, RunLog] = OrderedDict()

    def answer(self, folder: Path) -> Response:
        """The whole log, or its first 64 MB where more of it was never read."""
        with self._lock:
            log = self._known.setdefault(folder, RunLog())
            self._known.move_to_end(folder)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        with log.lock:
            log.read(folder)
            return log.answer(restarted=False)


WHOLE_LOGS = WholeLogs()


@route
def log_route(request: Request) -> Response:
    """GET /live/run/{name}/log?from=&mark=: what was appended to metrics.jsonl since that byte, for curves."""
    start = whole_number(request, "from", 0)
    if start < 0:
        raise Refused("bad-parameter", f"The parameter from is {start}; it must be a byte from 0 on.")
    folder = run_path(request.path_params["name"])
    if start == 0:
        return WHOLE_LOGS.answer(folder)
    log = RunLog(start, request.query_params.get("mark", ""))
    log.read(folder)
    return log.answer(log.restarted)
