"""Maps of latent spaces in memory, by id: a bounded copy for everybody, the one used longest ago goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from store.columns import column_values
from store.filters import Filters
from store.level_of_detail import Box, Raster, points_in, raster, sample_places
from store.map_requests import MapRequest, known_request
from store.sources import NoMap

MOST_BYTES = 2**28  # of points and rows; a map of a million images has 8 to 16 MB
OUTER = 0.002  # share of the points to each side that the first view may leave out
MOST_SAMPLES = 4  # sizes of a map's samples that are remembered


@dataclass(frozen=True, eq=False)
class LatentMap:
    """A finished map.

    points: float32 (n, K). titles: of the K axes. words: what it shows, in sentences. origin: float32 (D,) and axes:
    float32 (K, D) of an exact one. quality: how well it keeps neighbourhoods, None as long as nobody has measured.
    """

    request: MapRequest
    points: np.ndarray
    titles: tuple[str, ...]
    words: str
    origin: np.ndarray | None = None
    axes: np.ndarray | None = None
    quality: Mapping[str, Any] | None = field(default=None)

    @property
    def id(self) -> str:
        return self.request.id

    def __len__(self) -> int:
        return len(self.points)

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        rows = self.request.rows
        return self.points.nbytes + (0 if rows is None else rows.nbytes)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 that hold all but the outermost 0.2 % to each side; never without width or height."""
        low, high = np.quantile(self.points[:, :2], [OUTER, 1 - OUTER], axis=0).astype(float)
        flat = high - low < 1e-6
        low, high = np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def rows(self) -> np.ndarray:
        """The rows of the source that its points are, int64 (n,)."""
        return np.arange(len(self)) if self.request.rows is None else self.request.rows

    def places_of(self, rows: np.ndarray) -> np.ndarray:
        """Where the rows of the source, int64 (m,), stand among its points: int64 (m,), in the same order.

        Raises NoMap when one of them is not on this map.
        """
        mapped = self.rows
        places = np.searchsorted(mapped, rows).clip(max=len(mapped) - 1)
        absent = rows[mapped[places] != rows]
        if len(absent):
            raise NoMap(
                "no-such-row",
                f"The row is {absent[0]}; this map shows {len(mapped)} of the rows 0 to"
                f" {len(self.request.source) - 1}. Choose one of its images.",
            )
        return places

    def sample(self, most: int, box: Box | None = None) -> np.ndarray:
        """Places int64 (m,), ascending, of at most so many points, of those in the box; see `sample_places`."""
        if box is None:
            return self._samples(most)
        inside = points_in(self.points, box)
        return inside[sample_places(np.take(self.points, inside, axis=0), most)]

    def _samples(self, most: int) -> np.ndarray:
        """A sample of all points, remembered: that of a million takes half a second."""
        known = self._sampled.get(most)
        if known is None:
            known = sample_places(self.points, most)
            if len(self._sampled) < MOST_SAMPLES:
                self._sampled[most] = known
        return known

    @cached_property
    def _sampled(self) -> dict[int, np.ndarray]:
        return {}

    def raster(
        self, box: Box, width: int, height: int, column: str | None = None, filters: Filters | None = None
    ) -> Raster:
        """All points in the box that pass the filters counted by cell, with the most frequent class of a class column.

        Raises NoMap when there is no such column, or one of another kind.
        """
        rows, source = self.rows, self.request.source
        classes = None if column is None else column_values(source, column)
        if classes is not None and classes.dtype != np.int16:
            raise NoMap("no-such-column", f"The column {column[:60]!r} holds numbers; a raster takes classes.")
        places = np.flatnonzero(filters.shown(source, rows)) if filters else slice(None)
        kinds = None if classes is None else classes[rows[places]]
        return raster(self.points[places], box, width, height, kinds)


class Maps:
    """A bounded, thread-safe memory of finished maps."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._known: OrderedDict[str, LatentMap] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, wanted: str) -> LatentMap | None:
        """The map of that id when it is in memory."""
        with self._lock:
            if wanted in self._known:
                self._known.move_to_end(wanted)
            return self._known.get(wanted)

    def keep(self, made: LatentMap) -> LatentMap:
        """The same map, in memory from now on; others leave when all take too much. The newest always stays."""
        with self._lock:
            self._known[made.id] = made
            self._known.move_to_end(made.id)
            while len(self._known) > 1 and sum(each.nbytes for each in self._known.values()) > self._most_bytes:
                self._known.popitem(last=False)
        return made


_MAPS = Maps()


def map_in_memory(wanted: str) -> LatentMap | None:
    """The finished map of that id if it is in memory: never computes."""
    return _MAPS.get(wanted)


def find_map(wanted: str) -> LatentMap | None:
    """The finished map of that id: from memory, else made again or read again where its request is still known."""
    known, request = map_in_memory(wanted), known_request(wanted)
    if known is not None or request is None:
        return known
    return exact_map(request) if request.exact else stored_map(request)


def keep_map(made: LatentMap) -> LatentMap:
    """Takes a finished map into memory."""
    return _MAPS.keep(made)


def stored_map(request: MapRequest) -> LatentMap | None:
    """The map as the app's cache has it, in memory from now on; None when it has none, or a damaged one."""
    from store.map_cache import load_map, map_is_kept

    kept = load_map(request.id) if map_is_kept(request.id) else None
    if kept is None or len(kept.fitted.points) != request.count:
        return None
    found = kept.fitted
    quality = kept.quality_facts()
    return keep_map(LatentMap(request, found.points, found.titles, found.words, found.origin, found.axes, quality))


def exact_map(request: MapRequest) -> LatentMap:
    """The map of two dimensions or of principal axes, computed when it is not in memory: 0.1 s for a million."""
    known = map_in_memory(request.id)
    if known is not None:
        return known
    from vae_core.latent.maps import plane

    found = plane(request.means, request.method, request.parameters)
    return keep_map(LatentMap(request, found.points, found.titles, found.words, found.origin, found.axes))
