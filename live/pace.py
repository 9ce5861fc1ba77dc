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


class Pace:
    """The shortest time per image that each model has needed so far."""

    def __init__(self) -> None:
        self._seconds: weakref.WeakKeyDictionary[LoadedModel, dict[Work, float]] = weakref.WeakKeyDictionary()

    def __len__(self) -> int:
        """How many models are known."""
        return len(self._seconds)

    def is_short(self, message: Message, model: LoadedModel) -> bool:
        """Whether the request is expected to take at most 2 ms, 1 ms to judge; False as long as nothing is known."""
        known = self._seconds.get(model, {}).get(_work(message))
        longest = LONGEST_JUDGE_ON_LOOP if message.kind == Kind.JUDGE else LONGEST_ON_LOOP
        return known is not None and known * message.count <= longest

    def took(self, message: Message, model: LoadedModel, seconds: float) -> None:
        """Notes how long a request took."""
        known = self._seconds.setdefault(model, {})
        work = _work(message)
        known[work] = min(seconds / message.count, known.get(work, float("inf")))


def _work(message: Message) -> Work:
    """What is measured on its own: each kind, and a judgement by the nearest components alone."""
    return message.kind, message.options.get("exact") is False
