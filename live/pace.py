"""Where a request is computed: short ones at once, on the event loop; long ones in a thread beside it.

A hand-over to a thread and back costs about 0.3 ms, more when a page script holds the interpreter lock. A long
request on the loop would keep everybody else waiting. docs/decisions/0004 gives the figures.
"""

from __future__ import annotations

import weakref

from live.protocol import Kind, Message
from store import LoadedModel

LONGEST_ON_LOOP = 0.002  # seconds
LONGEST_JUDGE_ON_LOOP = 0.001  # a judgement must not delay anybody's picture

Work = tuple[Kind, bool]
DECODE: Work = (Kind.DECODE, False)


def work_of(message: Message) -> Work:
    """What is measured on its own: each kind, and a judgement by the nearest components alone."""
    return message.kind, message.options.get("exact") is False


class Pace:
    """The shortest time per image that each model has needed so far."""

    def __init__(self) -> None:
        self._seconds: weakref.WeakKeyDictionary[LoadedModel, dict[Work, float]] = weakref.WeakKeyDictionary()

    def __len__(self) -> int:
        """How many models are known."""
        return len(self._seconds)

    def is_short(self, work: Work, count: int, model: LoadedModel) -> bool:
        """Whether so many are expected to take at most 2 ms, 1 ms to judge; False as long as nothing is known."""
        known = self._seconds.get(model, {}).get(work)
        longest = LONGEST_JUDGE_ON_LOOP if work[0] == Kind.JUDGE else LONGEST_ON_LOOP
        return known is not None and known * count <= longest

    def took(self, work: Work, count: int, model: LoadedModel, seconds: float) -> None:
        """Notes how long so many took."""
        known = self._seconds.setdefault(model, {})
        known[work] = min(seconds / count, known.get(work, float("inf")))
