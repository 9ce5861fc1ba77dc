"""The filters that a request names, checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

import store
from live.answers import Refused

MOST_FILTERS = 32


def filters_of(request: Request) -> store.Filters:
    """The filters of the parameters `hidden`, of the column that is drawn, and `filters`. Raises Refused."""
    given = _record(request.query_params.get("filters", "{}"))
    hidden = {name: _classes(name, classes) for name, classes in given["hidden"].items()}
    ranges = {name: _range(name, range_) for name, range_ in given["ranges"].items()}
    own = _hidden(request.query_params.get("hidden", ""))
    column = request.query_params.get("column")
    if own and column:
        hidden[column] = hidden.get(column, frozenset()) | own
    return store.Filters(hidden, ranges)


def _record(text: str) -> dict[str, Mapping[str, Any]]:
    try:
        content = json.loads(text)
        found = {name: content.get(name, {}) for name in ("hidden", "ranges")}
    except (ValueError, AttributeError, RecursionError):
        found = {"hidden": None, "ranges": None}
    if not all(isinstance(each, dict) for each in found.values()) or sum(map(len, found.values())) > MOST_FILTERS:
        raise Refused(
            "bad-parameter",
            f"The parameter filters must be a JSON object with at most {MOST_FILTERS} columns, such as"
            ' {"hidden": {"label": [3, 5]}, "ranges": {"kl": [0, 20]}}.',
        )
    return found


def _classes(name: str, classes: Any) -> frozenset[int]:
    if not isinstance(classes, list) or not all(type(each) is int for each in classes):
        raise Refused("bad-parameter", f"The filter of {name[:40]!r} must be a list of classes, such as [3, 5].")
    return frozenset(classes)


def _range(name: str, range_: Any) -> tuple[float, float]:
    numbers = isinstance(range_, list) and len(range_) == 2 and all(type(each) in (int, float) for each in range_)
    if not numbers or not all(abs(each) < sys.float_info.max for each in range_):
        raise Refused("bad-parameter", f"The filter of {name[:40]!r} must be [lowest, highest], such as [0, 20].")
    return float(range_[0]), float(range_[1])


def _hidden(text: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in text.split(",") if part)
    except ValueError:
        sentence = f"The parameter hidden is {text[:30]!r}; it must be classes with commas between them, such as 3,5."
        raise Refused("bad-parameter", sentence) from None
