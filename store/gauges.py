"""How usual latents of a model are: measured once for each loaded model, on first use, for everybody."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from store.models import LoadedModel

if TYPE_CHECKING:
    from vae_core.latent import Usualness

MOST_GAUGES = 4  # one of 10,000 images in 512 dimensions takes 120 MB, in 16 dimensions 5 MB


def usualness(model: LoadedModel) -> Usualness:
    """The gauge of a model, measured when need be: seconds for 10,000 images.

    Raises LookupError when the model has no reference set, or one with which nothing can be compared.
    """
    return _GAUGES.get(model)


def usualness_in_memory(model: LoadedModel) -> Usualness | None:
    """The gauge of a model if it is measured: never computes."""
    return _GAUGES.peek(model)


class Gauges:
    """A bounded, thread-safe memory of gauges; a gauge goes with its model."""

    def __init__(self, most: int = MOST_GAUGES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._measuring: weakref.WeakKeyDictionary[LoadedModel, threading.Lock] = weakref.WeakKeyDictionary()
        self._known: weakref.WeakKeyDictionary[LoadedModel, Usualness] = weakref.WeakKeyDictionary()  # oldest use first

    def __len__(self) -> int:
        """How many gauges are in memory."""
        return len(self._known)

    def peek(self, model: LoadedModel) -> Usualness | None:
        """The gauge when it is in memory."""
        with self._lock:
            found = self._known.pop(model, None)
            if found is not None:
                self._known[model] = found
        return found

    def get(self, model: LoadedModel) -> Usualness:
        """The gauge, measured when need be; two threads that ask for the same one measure it once."""
        known = self.peek(model)
        if known is not None:
            return known
        with self._lock:
            measuring = self._measuring.setdefault(model, threading.Lock())
        with measuring:
            return self.peek(model) or self._keep(model, _measured(model))

    def _keep(self, model: LoadedModel, gauge: Usualness) -> Usualness:
        with self._lock:
            self._known[model] = gauge
            for oldest in list(self._known)[: -self._most]:
                del self._known[oldest]
        return gauge


_GAUGES = Gauges()


def _measured(model: LoadedModel) -> Usualness:
    from vae_core.latent import measure_usualness

    latents = model.latents
    if latents is None:
        raise LookupError(f"The model {model.name} has no reference set; train it again to get one.")
    try:
        return measure_usualness(latents.mean, latents.std, latents.split)
    except ValueError as problem:
        raise LookupError(f"The reference set of {model.name} is too small for a gauge. {problem}") from problem
