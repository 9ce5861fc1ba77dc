"""The encoded images nearest to a latent, in the latent space itself: exact, by Euclidean distance of the means."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from store.sources import Source

if TYPE_CHECKING:
    from vae_core.latent.maps import Neighbours

MOST_NEIGHBOURS = 256


@dataclass(frozen=True, eq=False)
class Near:
    """rows: int64 (k,), nearest first. distances: float64 (k,), rising."""

    rows: np.ndarray
    distances: np.ndarray


_KNOWN: weakref.WeakKeyDictionary[Source, Neighbours] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def nearest(source: Source, latent: np.ndarray, count: int, without: int | None = None) -> Near:
    """The `count` nearest images of a latent float32 (D,), or as many as there are.

    without: a row that is left out, such as that of the image whose latent it is.
    """
    spare = 0 if without is None else 1
    rows, distances = _neighbours(source).nearest(np.asarray(latent, dtype=np.float32)[None], count + spare)
    kept = np.flatnonzero(rows[0] != without)[:count] if spare else slice(count)
    return Near(rows[0][kept], distances[0][kept])


def _neighbours(source: Source) -> Neighbours:
    from vae_core.latent.maps import Neighbours

    with _LOCK:
        known = _KNOWN.get(source)
        if known is None:
            known = _KNOWN[source] = Neighbours(source.mean)
    return known
