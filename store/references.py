"""The images of a model's reference set, when its data set is on this machine: matched by hash, never by position."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from store.models import LoadedModel

LOG = logging.getLogger(__name__)
MOST_SETS = 4
ABSENT_FOR = 10.0  # seconds after which a data set that was not there is looked for again


@dataclass(frozen=True)
class ReferenceImages:
    """The images of the reference set, in the order of its rows.

    rows_found: bool (N,), whether the image of a row is on this machine.
    images: uint8 (N, C, H, W), zero where it is not.
    data_rows: int64 (N,), the row of the data set that an image is, -1 where it is not there.
    """

    rows_found: np.ndarray
    images: np.ndarray
    data_rows: np.ndarray

    def pictures(self, rows: np.ndarray) -> np.ndarray:
        """Pictures uint8 (B, H, W, C) of rows int (B,)."""
        return np.ascontiguousarray(self.images[rows].transpose(0, 2, 3, 1))


def reference_images(model: LoadedModel) -> ReferenceImages | None:
    """The images behind the rows of `model.latents`; None when its data set is not on this machine. Uses no network."""
    if model.latents is None:
        return None
    return _REFERENCES.get(model)


Key = tuple[str, bytes]  # the data set's name, and the hashes of the wanted rows: the weights have no say in it


class References:
    """A bounded, thread-safe memory of reference sets; what was not found is looked for again after a few seconds."""

    def __init__(self, most: int = MOST_SETS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._reading: dict[Key, threading.Lock] = {}
        self._known: OrderedDict[Key, tuple[float, ReferenceImages | None]] = OrderedDict()

    def get(self, model: LoadedModel) -> ReferenceImages | None:
        """The images behind the rows of model.latents, read from the machine when they are not known."""
        key = (model.config.data.name, hashlib.sha256(model.latents.image_hash.tobytes()).digest())
        known = self._fresh(key)
        if known is None:
            with self._lock:
                reading = self._reading.setdefault(key, threading.Lock())
            with reading:  # a data set of 70,000 images is read once, however many thumbnails ask for it
                known = self._fresh(key)
                if known is None:
                    known = (time.monotonic(), _matched(model))
                    self._keep(key, known)
        return known[1]

    def _fresh(self, key: Key) -> tuple[float, ReferenceImages | None] | None:
        with self._lock:
            known = self._known.get(key)
        if known is None:
            return None
        whole = known[1] is not None and known[1].rows_found.all()
        return known if whole or time.monotonic() - known[0] <= ABSENT_FOR else None

    def _keep(self, key: Key, known: tuple[float, ReferenceImages | None]) -> None:
        with self._lock:
            self._known[key] = known
            self._known.move_to_end(key)
            self._reading.pop(key, None)
            while len(self._known) > self._most:
                self._known.popitem(last=False)


_REFERENCES = References()


def _matched(model: LoadedModel) -> ReferenceImages | None:
    from vae_core.data import DataError, drawn_test_images, drawn_test_rows, load_recorded
    from vae_core.latents import image_hashes

    wanted = model.latents.image_hash
    try:
        drawn = drawn_test_images(model.config.data)  # a tenth of the set, and what was not drawn takes no memory
        if drawn is not None and drawn.shape[1:] == model.image_shape:
            return match(drawn, image_hashes(drawn), wanted, drawn_test_rows(model.config.data))
        data = load_recorded(model.config.data, download=False)
    except DataError as problem:
        LOG.info("No originals for %s: %s", model.name, problem)
        return None
    images = data.images
    if images.shape[1:] != model.image_shape:
        LOG.warning("%s: the data has images of %s, the model of %s", model.name, images.shape[1:], model.image_shape)
        return None
    likely = images[data.test]  # the reference set is the test split: a seventh of the hashing for MNIST
    found = match(likely, image_hashes(likely), wanted, data.test) if len(likely) else None
    if found is not None and (found.rows_found.all() or data.blocks is not None):
        return found  # images on disk are never read as a whole
    return match(images, image_hashes(images), wanted, np.arange(len(images)))


def match(images: np.ndarray, hashes: np.ndarray, wanted: np.ndarray, data_rows: np.ndarray) -> ReferenceImages:
    """The images with the wanted hashes, in order.

    images: uint8 (M, C, H, W); hashes (M,), wanted (N,): uint64; data_rows: int64 (M,), their rows in the data set.
    """
    order = np.argsort(hashes, kind="stable")
    place = np.minimum(np.searchsorted(hashes[order], wanted), len(hashes) - 1)
    row = order[place]
    found = hashes[row] == wanted
    chosen = images[row]
    chosen[~found] = 0
    rows = np.where(found, np.asarray(data_rows)[row], -1)
    return ReferenceImages(rows_found=found, images=chosen, data_rows=rows)
