"""How fast a run goes, from what it says of itself five times a second."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise

from vae_core.training.run_folder import RunStatus

WARM_UP_SECONDS = 0.6  # the first steps wait for memory, and for threads that start
FEWEST_STEPS = 6
WHOLE_EPOCHS = 3  # so many in the time measured, and the epochs themselves are timed
MOST_SECONDS = 60.0  # however slow a step is


@dataclass
class Pace:
    """Where the run stood at each pulse: seconds (monotonic), epoch, step. Asks it to stop after ``seconds``."""

    seconds: float
    places: list[tuple[float, int, int]] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)  # of whole epochs
    steps: int = 0  # in an epoch
    stopped: float = 0.0

    def pulse(self, status: RunStatus) -> None:
        """Notes where the run is."""
        if status.steps:
            self.steps = status.steps
            self.places.append((time.monotonic(), status.epoch, status.step))

    def epoch(self) -> None:
        """Notes that an epoch has ended."""
        self.ends.append(time.monotonic())

    def enough(self) -> bool:
        """Whether what was seen suffices."""
        if not self.places or self.stopped:
            return bool(self.stopped)
        first, last = self.places[0], self.places[-1]
        seconds, steps = last[0] - first[0], self._number(last) - self._number(first)
        if (seconds >= self.seconds and steps >= FEWEST_STEPS) or seconds >= MOST_SECONDS:
            self.stopped = time.monotonic()
        return bool(self.stopped)

    @property
    def share(self) -> float:
        """How much of the measuring is done, 0 to 1."""
        return min(1.0, (self.places[-1][0] - self.places[0][0]) / self.seconds) if self.places else 0.0

    def step_seconds(self) -> float:
        """Seconds of a step; 0 when no two pulses lay within one epoch (see ``epoch_seconds``)."""
        warm = self._warm()
        spans = [(later[0] - now[0], later[2] - now[2]) for now, later in pairwise(warm) if later[1] == now[1]]
        steps = sum(count for _, count in spans)
        return sum(seconds for seconds, _ in spans) / steps if steps else 0.0

    def epoch_seconds(self) -> float | None:
        """Seconds of a whole epoch where enough of them were seen; None otherwise."""
        begun = self.places[0][0] + WARM_UP_SECONDS if self.places else 0.0
        ends = [end for end in self.ends if end >= begun]
        if len(ends) <= WHOLE_EPOCHS:
            return None
        return (ends[-1] - ends[0]) / (len(ends) - 1)

    def _warm(self) -> list[tuple[float, int, int]]:
        begun = self.places[0][0] + WARM_UP_SECONDS if self.places else 0.0
        warm = [place for place in self.places if place[0] >= begun]
        return warm if len(warm) > 2 else self.places

    def _number(self, place: tuple[float, int, int]) -> int:
        return place[1] * self.steps + place[2]
