"""What the routes of maps share: the source, map or box that a request names, and binary answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import store
from live.answers import Content, Refused, named_model

FOR_EVER = "public, max-age=31536000, immutable"  # the address holds an id that names the content
UNKEPT = "no-store"
Answer = Callable[..., Content]


def refusing(answer: Answer) -> Answer:
    """The same, with what the store has not turned into a refusal."""

    @wraps(answer)
    def answered(*arguments: object) -> Content:
        try:
            return answer(*arguments)
        except store.NoMap as problem:
            raise Refused(problem.reason, str(problem)) from problem

    return answered


def named_source(request: Request) -> store.Source:
    """The source of the address, of the model of the address. Raises Refused or NoMap."""
    return store.source_of(named_model(request), request.path_params["source"])


def named_map(request: Request) -> store.LatentMap:
    """The finished map of the address. Raises Refused when it is not in memory."""
    found = store.map_in_memory(request.path_params["id"])
    if found is None:
        raise Refused(
            "no-such-map",
            f"There is no finished map {request.path_params['id'][:40]!r}; it may have left the memory. Ask for it anew"
            " with POST /live/map/{model}/{weights}.",
        )
    return found


def box_of(request: Request) -> store.Box | None:
    """The parameter box as x0, y0, x1, y1; None when it is missing. Raises Refused unless it has width and height."""
    text = request.query_params.get("box")
    if text is None:
        return None
    try:
        x0, y0, x1, y1 = (float(part) for part in text.split(","))
    except ValueError:
        x0, y0, x1, y1 = math.nan, math.nan, math.nan, math.nan
    if not (all(map(math.isfinite, (x0, y0, x1, y1))) and x0 < x1 and y0 < y1):
        raise Refused(
            "bad-parameter", f"The parameter box is {text[:60]!r}; it must be x0,y0,x1,y1 with x0 < x1 and y0 < y1."
        )
    return x0, y0, x1, y1


def number_within(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A parameter of the address as a whole number in [low, high]. Raises Refused."""
    text = request.query_params.get(name, str(default))
    if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
        raise Refused(
            "bad-parameter", f"The parameter {name} is {text[:30]!r}; it must be a whole number, {low} to {high}."
        )
    return int(text)


def binary(arrays: list[np.ndarray], cache: str, **headers: str) -> Response:
    """The arrays one after another, little-endian, without compression: floats hardly shrink and it takes seconds."""
    parts = [np.ascontiguousarray(each, dtype=each.dtype.newbyteorder("<")) for each in arrays]
    content = b"".join(part.data.cast("B") for part in parts if part.size)
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"Cache-Control": cache, "Content-Encoding": "identity", **shown},
    )
