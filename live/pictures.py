"""Pictures of the reference set as PNG: one row, or many side by side."""

from __future__ import annotations

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from live.answers import Refused, named_model, route
from store.pictures import pictures, source_pictures
from store.source_list import source_of
from store.sources import REFERENCE, NoMap

MOST_IN_SHEET = 64
LONGEST_ROW = 9  # figures
FOR_AN_HOUR = "public, max-age=3600"  # no longer: `evaluate` may put the rows in another order
FOR_MINUTES = "public, max-age=300"  # "auto" turns into the original once the data is on the machine


@route
def picture_route(request: Request) -> Response:
    """GET /live/picture/{model}/{weights}/{row}.png?kind=auto|original|reconstruction&source=."""
    row = request.path_params["row"]
    if not row.isdecimal() or len(row) > LONGEST_ROW:
        raise Refused("no-such-picture", f"The row is {row[:20]!r}; it must be a whole number from 0 on.")
    return _side_by_side(request, [int(row)])


@route
def sheet_route(request: Request) -> Response:
    """GET /live/sheet/{model}/{weights}.png?rows=0,5&kind=&source=: the pictures of the rows side by side."""
    try:
        rows = [int(row) for row in request.query_params.get("rows", "").split(",")]
    except ValueError:
        sentence = "rows must be whole numbers with commas between them, such as rows=0,5,7."
        raise Refused("bad-parameter", sentence) from None
    if len(rows) > MOST_IN_SHEET:
        raise Refused(
            "bad-parameter",
            f"{len(rows)} rows were asked for; one sheet holds {MOST_IN_SHEET}. Ask for several sheets.",
        )
    return _side_by_side(request, rows)


def _side_by_side(request: Request, rows: list[int]) -> Response:
    kind = request.query_params.get("kind", "auto")
    model, source_id = named_model(request), request.query_params.get("source", REFERENCE)
    try:
        if source_id == REFERENCE:
            pixels, which = pictures(model, rows, kind)
        else:
            pixels, which = source_pictures(model, source_of(model, source_id), rows, kind)
    except NoMap as problem:
        raise Refused(problem.reason, str(problem)) from problem
    except (LookupError, ValueError) as problem:
        raise Refused("no-such-picture", str(problem)) from problem
    kinds = ",".join(dict.fromkeys(which))
    headers = {"X-Picture": kinds, "Cache-Control": FOR_MINUTES if kind == "auto" else FOR_AN_HOUR}
    return Response(png(np.concatenate(list(pixels), axis=1)), media_type="image/png", headers=headers)


def png(pixels: np.ndarray) -> bytes:
    """A PNG file of pixels uint8 (H, W, C), grey for C = 1 and RGB for C = 3."""
    from vae_core.pictures import png_file  # imported where it is used, as all of vae_core

    return png_file(pixels, compress_level=1)  # small pictures: speed matters more than the last bytes
