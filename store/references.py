"""The images of a model's reference set, when its data set is on this machine: matched by hash, never by position."""

from __future__ import annotations

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
    """

    rows_found: np.ndarray
    images: np.ndarray

    def pictures(self, rows: np.ndarray) -> np.ndarray:
        """Pictures uint8 (B, H, W, C) of rows int (B,)."""
        return np.ascontiguousarray(self.images[rows].transpose(0, 2, 3, 1))


def reference_images(model: LoadedModel) -> ReferenceImages | None:
    """The images behind the rows of `model.latents`; None when its data set is not on this machine. Uses no network."""
    if model.latents is None:
        return None
    return _REFERENCES.get(model)


class References:
    """A bounded, thread-safe memory of reference sets; the absence of one is remembered for a few seconds."""

    def __init__(self, most: int = MOST_SETS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], tuple[float, ReferenceImages | None]] = OrderedDict()

    def get(self, model: LoadedModel) -> ReferenceImages | None:
        key = (model.name, model.weights)
        known = self._fresh(key)
        if known is None:
            with self._lock:  # a data set of 70,000 images is read once, however many thumbnails ask for it
                known = self._fresh(key)
                if known is None:
                    known = (time.monotonic(), _matched(model))
                    self._keep(key, known)
        return known[1]

    def _fresh(self, key: tuple[str, ...]) -> tuple[float, ReferenceImages | None] | None:
        known = self._known.get(key)
        if known is None or (known[1] is None and time.monotonic() - known[0] > ABSENT_FOR):
            return None
        return known

    def _keep(self, key: tuple[str, ...], known: tuple[float, ReferenceImages | None]) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


_REFERENCES = References()


def _matched(model: LoadedModel) -> ReferenceImages | None:
    from vae_core.data import DataError, load_images
    from vae_core.latents import image_hashes

    try:
        images = load_images(model.config.data.name, download=False).images
    except DataError as problem:
        LOG.info("No originals for %s: %s", model.name, problem)
        return None
    if images.shape[1:] != model.image_shape:
        LOG.warning("%s: the data has images of %s, the model of %s", model.name, images.shape[1:], model.image_shape)
        return None
    return match(images, image_hashes(images), model.latents.image_hash)


def match(images: np.ndarray, hashes: np.ndarray, wanted: np.ndarray) -> ReferenceImages:
    """The images with the wanted hashes, in order. images: uint8 (M, C, H, W); hashes (M,), wanted (N,): uint64."""
    order = np.argsort(hashes, kind="stable")
    place = np.minimum(np.searchsorted(hashes[order], wanted), len(hashes) - 1)
    row = order[place]
    found = hashes[row] == wanted
    chosen = images[row]
    chosen[~found] = 0
    return ReferenceImages(rows_found=found, images=chosen)
