"""How long a task may still take, by the pace of what it is doing now."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENOUGH_TO_TELL = 0.05  # share of the whole that a phase has done: the search for the neighbours of t-SNE has less
COUNTED = re.compile(r"[\d,.]+")  # "Drawing frame 3 of 40" is one phase


@dataclass
class TimeLeft:
    """The time left of a task that goes through phases, each named by its message but for figures in it.

    What one phase took says little of the next: the search for neighbours is over in a second, the layout takes half a
    minute. So a phase is timed by itself; until it has done enough the last figure runs on, and before the first one
    nothing is said.
    """

    phase: str | None = None
    began: tuple[float, float] = (0.0, 0.0)  # share and time at the start of the phase
    ends: float | None = None  # when it will be over, by the last figure

    def after(self, share: float, message: str, now: float) -> float | None:
        """Seconds left at `now`, seconds of any clock, when `share` in 0..1 is done; None while it is not known."""
        phase = COUNTED.sub("", message)
        if phase != self.phase:
            self.phase, self.began = phase, (share, now)
        done, passed = share - self.began[0], now - self.began[1]
        if done >= ENOUGH_TO_TELL:
            self.ends = now + passed * (1 - share) / done
        return None if self.ends is None else max(0.0, self.ends - now)
