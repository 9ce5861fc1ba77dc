"""Which images are shown: classes that are hidden and ranges that are kept, in any number of columns at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from store.columns import column_values
from store.sources import NoMap, Source


@dataclass(frozen=True)
class Filters:
    """hidden: classes that are left out, by class column. ranges: lowest and highest kept, by number column."""

    hidden: Mapping[str, frozenset[int]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.hidden or self.ranges)

    def shown(self, source: Source, rows: np.ndarray) -> np.ndarray:
        """Whether each of the rows int64 (n,) passes all filters, bool (n,). What has no number passes no range.

        Raises NoMap when the source has no such column, or one of the other kind.
        """
        found = np.ones(len(rows), dtype=bool)
        for name, classes in self.hidden.items():
            found &= ~np.isin(_values(source, name, np.int16)[rows], list(classes))
        for name, (low, high) in self.ranges.items():
            values = _values(source, name, np.float32)[rows]
            found &= (values >= np.float32(low)) & (values <= np.float32(high))
        return found


def _values(source: Source, name: str, dtype: type) -> np.ndarray:
    values = column_values(source, name)
    if values.dtype != dtype:
        kind, other = ("classes", "numbers") if dtype is np.int16 else ("numbers", "classes")
        raise NoMap("no-such-column", f"The column {name[:60]!r} holds {other}; this filter takes one of {kind}.")
    return values
