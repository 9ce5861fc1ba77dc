"""Which classes of a source mix, in memory as long as the source is: a job finds it once for all that ask."""

from __future__ import annotations

import hashlib
import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np

from store.columns import column_values
from store.sources import NoMap, Source

if TYPE_CHECKING:
    from vae_core.latent.maps import ClassMixing

MOST_KEPT = 16  # of a source
DIGITS = 16
_KNOWN: weakref.WeakKeyDictionary[Source, dict[str, ClassMixing]] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def classes_to_mix(source: Source, name: str) -> tuple[np.ndarray, str]:
    """The values int16 (N,) of a class column, and a name for them that changes when they do.

    Raises NoMap when the source has no such column, one of numbers, or one with fewer than 2 images that have a class.
    """
    values = column_values(source, name)
    if values.dtype != np.int16:
        raise NoMap(
            "no-such-column", f"The column {name[:60]!r} holds numbers; classes mix. Choose a column of classes."
        )
    known = int((values >= 0).sum())
    if known < 2:
        raise NoMap("no-such-column", f"The column {name[:60]!r} gives {known} images a class; 2 or more are compared.")
    return values, hashlib.sha256(np.ascontiguousarray(values, dtype="<i2").data).hexdigest()[:DIGITS]


def known_mixing(source: Source, classes: str) -> ClassMixing | None:
    """What was found for classes of that name, when it is in memory."""
    with _LOCK:
        return _KNOWN.get(source, {}).get(classes)


def keep_mixing(source: Source, classes: str, found: ClassMixing) -> ClassMixing:
    """The same, in memory from now on; the oldest of the source leaves when there are many."""
    with _LOCK:
        known = _KNOWN.setdefault(source, {})
        known[classes] = found
        for oldest in list(known)[:-MOST_KEPT]:
            del known[oldest]
    return found
