"""Data sets of this machine in memory, by name: a bounded copy for everybody."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from store.models import LoadedModel

if TYPE_CHECKING:
    from vae_core.data import ImageSet

LOG = logging.getLogger(__name__)
MOST_SETS = 2  # 50,000 images of 64×64 take 0.2 GB
ABSENT_FOR = 10.0  # seconds after which a set that was not there is looked for again
Key = tuple[str, int, int]  # name, seed of the split, count: drawn sets come in any number


class DataImages:
    """A bounded, thread-safe memory of data sets; two threads that ask for the same one read it once."""

    def __init__(self, most: int = MOST_SETS) -> None:
        self._most = most
        self._reading = threading.Lock()
        self._known: OrderedDict[Key, tuple[float, ImageSet | None]] = OrderedDict()

    def get(self, model: LoadedModel, name: str) -> ImageSet | None:
        """The data set, read when need be; None when it is not on this machine. Uses no network."""
        key = (name, *_facts(model, name))
        with self._reading:
            known = self._known.get(key)
            if known is None or (known[1] is None and time.monotonic() - known[0] > ABSENT_FOR):
                known = (time.monotonic(), _read(model, name))
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return known[1]


_IMAGES = DataImages()


def data_images(model: LoadedModel, name: str) -> ImageSet | None:
    """The images of a data set: as the model's config records them where it is the model's own, else as they are here.

    None when they are not on this machine, or cannot be read, which the log says.
    """
    return _IMAGES.get(model, name)


def _facts(model: LoadedModel, name: str) -> tuple[int, int]:
    data = model.config.data
    return (data.split_seed, data.n_train + data.n_validation + data.n_test) if data.name == name else (0, 0)


def _read(model: LoadedModel, name: str) -> ImageSet | None:
    from vae_core.data import DataError, load_images, load_recorded

    try:
        own = model.config.data.name == name
        return load_recorded(model.config.data, download=False) if own else load_images(name, download=False)
    except DataError as problem:
        LOG.info("No images of %s: %s", name, problem)
        return None
