"""What maps people ask for: checked, named by a hash of all that their points depend on, and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from store.map_keys import map_id
from store.map_parameters import EXACT, checked_parameters
from store.models import LoadedModel
from store.sources import NoMap, Source, distinct

FEWEST_ROWS = 3
MOST_REQUESTS = 16  # each keeps its source in memory


@dataclass(frozen=True, eq=False)
class MapRequest:
    """A map that somebody wants, checked.

    rows: int64 (n,), ascending, of an isolated selection; None for all. align_to: the id of the map onto which it is
    turned, None for a plane, whose axes are what they are.
    """

    model: str
    weights: str
    source: Source
    method: str
    parameters: Mapping[str, Any]
    rows: np.ndarray | None = None
    align_to: str | None = None

    @cached_property
    def id(self) -> str:
        """The map's name: the same request has the same id."""
        return map_id(self.weights, self.source.hash, self.method, self.parameters, self.rows, self.align_to)

    @property
    def exact(self) -> bool:
        """Whether every place of the map is a latent without approximation."""
        return self.method in EXACT

    @property
    def count(self) -> int:
        """How many images are mapped."""
        return len(self.source) if self.rows is None else len(self.rows)

    @property
    def means(self) -> np.ndarray:
        """The latents that are mapped, float32 (n, D)."""
        return self.source.mean if self.rows is None else self.source.mean[self.rows]


class Requests:
    """The latest requests by id, so that a map that has left the memory is found again by its id alone."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, MapRequest] = OrderedDict()

    def keep(self, request: MapRequest) -> MapRequest:
        """The same request, known from now on."""
        with self._lock:
            self._known[request.id] = request
            self._known.move_to_end(request.id)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return request

    def get(self, wanted: str) -> MapRequest | None:
        """The request of that id, if it is known."""
        with self._lock:
            return self._known.get(wanted)


_REQUESTS = Requests()


def known_request(wanted: str) -> MapRequest | None:
    """The request that has this id, if it is among the latest."""
    return _REQUESTS.get(wanted)


def map_request(
    model: LoadedModel,
    source: Source,
    method: str,
    parameters: Mapping[str, Any],
    rows: np.ndarray | None = None,
    align_to: str | None = None,
) -> MapRequest:
    """What was asked for, checked; rows int (n,) of an isolated selection in any order.

    Raises NoMap for an unknown method, a parameter out of its range, or rows that are not there or too few.
    """
    checked = checked_parameters(method, parameters, model.latent_dim)
    chosen = None if rows is None else distinct(source.check_rows(rows))
    count = len(source) if chosen is None else len(chosen)
    if count < FEWEST_ROWS:
        raise NoMap("too-few-rows", f"There are {count} images to map; a map needs {FEWEST_ROWS}. Choose more.")
    turned = None if method in EXACT else align_to
    return _REQUESTS.keep(MapRequest(model.name, model.weights, source, method, checked, chosen, turned))
