"""Where a request is computed: short ones at once, on the event loop; long ones in a thread beside it.

A hand-over to a thread and back costs about 0.3 ms, more when a page script holds the interpreter lock. A long
request on the loop would keep everybody else waiting. docs/decisions/0004 gives the figures.
"""

from __future__ import annotations

import weakref

from live.protocol import Kind
from store import LoadedModel

LONGEST_ON_LOOP = 0.002  # seconds


class Pace:
    """The shortest time per image that each model has needed so far."""

    def __init__(self) -> None:
        self._seconds: weakref.WeakKeyDictionary[LoadedModel, dict[Kind, float]] = weakref.WeakKeyDictionary()

    def __len__(self) -> int:
        """How many models are known."""
        return len(self._seconds)

    def is_short(self, kind: Kind, count: int, model: LoadedModel) -> bool:
        """Whether so many are expected to take at most 2 ms; False as long as nothing is known."""
        known = self._seconds.get(model, {}).get(kind)
        return known is not None and known * count <= LONGEST_ON_LOOP

    def took(self, kind: Kind, count: int, model: LoadedModel, seconds: float) -> None:
        """Notes how long so many took."""
        known = self._seconds.setdefault(model, {})
        known[kind] = min(seconds / count, known.get(kind, float("inf")))
