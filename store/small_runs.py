"""States of the small training run of the Anatomy page: whoever asks for a step of a seed finds those near it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_core.training.small_run import SmallRun, SmallState, SmallStep

MOST_SMALL_STEPS = 600
MOST_STATES = 512  # of about 45 kB
KEPT_EVERY = 25  # steps


class SmallStates:
    """A bounded, thread-safe memory of states by seed and step; what is not there is computed from one before."""

    def __init__(self, most: int = MOST_STATES) -> None:
        self._most = most
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._known: OrderedDict[tuple[int, int], SmallState] = OrderedDict()
        self._run: SmallRun | None = None

    def __len__(self) -> int:
        return len(self._known)

    @property
    def run(self) -> SmallRun:
        """The run, made when need be: reads the bundled digits."""
        from vae_core.data import load_images
        from vae_core.training.small_run import SmallRun

        with self._making:
            if self._run is None:
                self._run = SmallRun(load_images())
        return self._run

    def step(self, seed: int, step: int, seconds: float) -> SmallStep | int:
        """The step number ``step`` (from 1) taken apart, or how many steps are done where ``seconds`` were not enough:
        ask again, each time it is further.
        """
        until = time.perf_counter() + seconds
        run, state = self.run, self._nearest(seed, step - 1)
        state = self._keep(run.first(seed)) if state is None else state
        while state.step < step - 1:
            state = run.next(state)
            late = time.perf_counter() > until
            if late or state.step % KEPT_EVERY == 0:
                self._keep(state)
            if late and state.step < step - 1:
                return state.step
        found = run.traced(state)
        self._keep(found.after)
        return found

    def _nearest(self, seed: int, step: int) -> SmallState | None:
        with self._lock:
            for number in range(step, -1, -1):
                if (seed, number) in self._known:
                    self._known.move_to_end((seed, number))
                    return self._known[seed, number]
        return None

    def _keep(self, state: SmallState) -> SmallState:
        with self._lock:
            self._known[state.seed, state.step] = state
            self._known.move_to_end((state.seed, state.step))
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return state


_STATES = SmallStates()


def small_run() -> SmallRun:
    """The small run that everybody shares."""
    return _STATES.run


def small_step(seed: int, step: int, seconds: float) -> SmallStep | int:
    """As ``SmallStates.step``, of the states that everybody shares."""
    return _STATES.step(seed, step, seconds)
