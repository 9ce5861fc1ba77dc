"""The way back from maps of neighbours to latents: one index for each map, made on first use, for everybody."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from store.maps import LatentMap

if TYPE_CHECKING:
    from vae_core.latent.maps import MapInverse

MOST_INVERSES = 4  # that of a million points takes about 0.2 GB


class Inverses:
    """A bounded, thread-safe memory of inverses by the map's id."""

    def __init__(self, most: int = MOST_INVERSES) -> None:
        self._most = most
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._known: OrderedDict[str, MapInverse] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def peek(self, found: LatentMap) -> MapInverse | None:
        """The inverse when it is in memory."""
        with self._lock:
            if found.id in self._known:
                self._known.move_to_end(found.id)
            return self._known.get(found.id)

    def get(self, found: LatentMap) -> MapInverse:
        """The inverse, made when need be: 0.1 s for 70,000 points; two threads that ask at once make it once."""
        from vae_core.latent.maps import WIDTHS, MapInverse

        with self._making:
            known = self.peek(found)
            if known is None:
                known = MapInverse(found.points, found.request.means, WIDTHS[found.request.method])
                self._keep(found.id, known)
        return known

    def _keep(self, name: str, made: MapInverse) -> None:
        with self._lock:
            self._known[name] = made
            while len(self._known) > self._most:
                self._known.popitem(last=False)


_INVERSES = Inverses()


def inverse_in_memory(found: LatentMap) -> MapInverse | None:
    """The way back from the map if it is known: never computes."""
    return _INVERSES.peek(found)


def inverse_of(found: LatentMap) -> MapInverse:
    """The way back from the map, made when need be."""
    return _INVERSES.get(found)
