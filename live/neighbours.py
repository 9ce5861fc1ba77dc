"""Images found over HTTP: those nearest to a latent, and those that a text names."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request

import store
from live.answers import Refused, body_route, named_model, route
from live.map_answers import json_object, named_source, refusing

LARGEST_LATENT = 1e4  # as on the live socket
LARGEST_BODY = 64 * 1024
MOST_LISTED = 10_000  # rows in one answer


@refusing
def _nearest(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/neighbours/{model}/{weights} with {"latent" or "row", "source", "k"}."""
    model, content = named_model(request), json_object(body)
    source_id, count = content.get("source", store.REFERENCE), content.get("k", 12)
    if not isinstance(source_id, str) or type(count) is not int or not 1 <= count <= store.MOST_NEIGHBOURS:
        raise Refused("bad-request", f"source must be a text and k a whole number, 1 to {store.MOST_NEIGHBOURS}.")
    source = store.source_of(model, source_id)
    row = content.get("row")
    if row is None:
        found = store.nearest(source, latent_from(content.get("latent"), model.latent_dim), count)
    else:
        found = _of_row(source, row, count)
    return {"rows": found.rows.tolist(), "distances": found.distances.round(6).tolist()}


neighbours_route = body_route(LARGEST_BODY, _nearest, threads=2)


@route
@refusing
def search_route(request: Request) -> dict[str, Any]:
    """GET /live/search/{model}/{weights}/{source}?q=."""
    source, query = named_source(request), request.query_params.get("q", "")
    if not query.strip() or len(query) > store.LONGEST_QUERY:
        raise Refused(
            "bad-parameter",
            f"The parameter q has {len(query.strip())} characters; it must have 1 to {store.LONGEST_QUERY}.",
        )
    matches = store.search(source, query)
    rows = _in_turn([each.rows[:MOST_LISTED] for each in matches])
    listed = [{"what": each.what, "words": each.words, "count": len(each.rows)} for each in matches]
    return {"rows": rows[:MOST_LISTED].tolist(), "count": len(rows), "matches": listed}


def _in_turn(parts: list[np.ndarray]) -> np.ndarray:
    """The rows of all parts, int64 (n,), each where it comes first."""
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    _, first = np.unique(rows, return_index=True)
    return rows[np.sort(first)]


def latent_from(given: Any, latent_dim: int) -> np.ndarray:
    """A latent float32 (D,) from a list of D numbers, finite and at most 10,000 to each side. Raises Refused."""
    numbers = isinstance(given, list) and all(type(value) in (int, float) for value in given)
    if not numbers or len(given) != latent_dim:
        raise Refused("bad-shape", f"latent must be a list of {latent_dim} numbers, one for each dimension.")
    largest = max(abs(value) for value in given)
    if any(value != value for value in given) or largest == float("inf"):
        raise Refused("not-finite", "A latent is NaN or infinite; all must be finite.")
    if largest > LARGEST_LATENT:
        raise Refused("out-of-range", f"A latent is beyond {LARGEST_LATENT:.0f}; at most that to each side of 0.")
    return np.array(given, dtype=np.float32)


def _of_row(source: store.Source, row: Any, count: int) -> store.Near:
    if type(row) is not int:
        raise Refused("bad-request", f"row is {str(row)[:20]!r}; it must be a whole number, or left out.")
    source.check_row(row)
    return store.nearest(source, source.mean[row], count, without=row)
