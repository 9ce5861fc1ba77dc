"""What the routes of maps share: the source, map or box that a request names, and binary answers."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import store
from live.answers import Content, Refused, named_model

FOR_EVER = "public, max-age=31536000, immutable"  # the address holds an id that names the content
UNKEPT = "no-store"
LARGEST_ROWS = 8_000_000  # bytes of a body; the rows of a million images in base64 take 5.4 MB
LONGEST_ROW = 9  # figures
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
    """The finished map of the address. Raises Refused when there is none that is known."""
    found = store.find_map(request.path_params["id"])
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


def rows_listed(request: Request, most: int) -> np.ndarray:
    """The parameter rows, such as 3,14,15, as int64 (n,), 1 to `most` of them. Raises Refused."""
    texts = request.query_params.get("rows", "").split(",")
    whole = all(text.isascii() and text.isdecimal() and len(text) <= LONGEST_ROW for text in texts)
    if not whole or len(texts) > most:
        given = ",".join(texts)[:60]
        raise Refused(
            "bad-parameter",
            f"The parameter rows is {given!r}; it must be 1 to {most} whole numbers with commas between them.",
        )
    return np.array(texts, dtype=np.int64)


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


def rows_from(given: Any) -> np.ndarray:
    """Rows int64 (n,) from a list of whole numbers, or base64 of little-endian uint32. Raises Refused."""
    if isinstance(given, str):
        try:
            return np.frombuffer(base64.b64decode(given, validate=True), dtype="<u4").astype(np.int64)
        except (binascii.Error, ValueError):
            raise Refused("bad-request", "rows is no base64 of uint32, little-endian; encode the rows anew.") from None
    if isinstance(given, list) and all(type(row) is int and abs(row) < 2**53 for row in given):
        return np.array(given, dtype=np.int64)
    raise Refused("bad-request", "rows must be a list of whole numbers, or base64 of uint32, little-endian.")


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises Refused."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refused("bad-request", "The body must be a JSON object in UTF-8; docs/live-protocol.md shows it.")
    return content
