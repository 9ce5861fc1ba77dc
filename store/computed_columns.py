"""Columns that take a job: which there are, and those that somebody asked for, in memory as long as their source is."""

from __future__ import annotations

import re
import threading
import weakref
from dataclasses import dataclass

import numpy as np

from store.sources import NoMap, Source

LOG_DENSITY = "log_density"
CLUSTER = re.compile(r"cluster:(kmeans|hdbscan):([0-9]{1,6})")
USUAL_CLUSTERS = (
    "cluster:kmeans:10",
    "cluster:hdbscan:50",
)  # those that are offered; any other number may be asked for
SIZES = {"kmeans": (2, 255), "hdbscan": (2, 100_000)}
MOST_COLUMNS = 16  # of a source


@dataclass(frozen=True)
class Clustering:
    """What a cluster column is made by: "kmeans" into `size` clusters, "hdbscan" into clusters of at least `size`."""

    method: str
    size: int

    @property
    def words(self) -> str:
        return f"{self.size} clusters (k-means)" if self.method == "kmeans" else f"clusters of {self.size}+ (HDBSCAN)"


def clustering_of(name: str) -> Clustering | None:
    """What the name of a column such as "cluster:kmeans:10" asks for; None for any other column.

    Raises NoMap for a number of clusters that cannot be.
    """
    found = CLUSTER.fullmatch(name)
    if found is None:
        return None
    method, size = found[1], int(found[2])
    low, high = SIZES[method]
    if not low <= size <= high:
        raise NoMap("no-such-column", f"The column is {name!r}; {method} takes a number from {low:,} to {high:,}.")
    return Clustering(method, size)


def is_computed(name: str) -> bool:
    """Whether a column of that name takes a job."""
    return name == LOG_DENSITY or clustering_of(name) is not None


_KNOWN: weakref.WeakKeyDictionary[Source, dict[str, np.ndarray]] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def computed_column(source: Source, name: str) -> np.ndarray | None:
    """The values when they are in memory: float32 (N,), or int16 (N,), below 0 for what is in no cluster."""
    with _LOCK:
        return _KNOWN.get(source, {}).get(name)


def computed_names(source: Source) -> list[str]:
    """The computed columns of a source that are in memory, the oldest first."""
    with _LOCK:
        return list(_KNOWN.get(source, {}))


def keep_column(source: Source, name: str, values: np.ndarray) -> np.ndarray:
    """The same values, in memory from now on; the oldest column of the source leaves when there are many.

    Raises ValueError unless there is one for each image.
    """
    if values.shape != (len(source),):
        raise ValueError(f"The column {name} has the shape {values.shape}; the source has {len(source)} images.")
    with _LOCK:
        known = _KNOWN.setdefault(source, {})
        known[name] = values
        for oldest in list(known)[:-MOST_COLUMNS]:
            del known[oldest]
    return values
