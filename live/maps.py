"""Maps over HTTP: what can be mapped, a map asked for, its points and how dense they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import store
from live.answers import Refused, body_route, check_origin, named_model, route
from live.map_answers import (
    FOR_EVER,
    LARGEST_ROWS,
    UNKEPT,
    binary,
    box_of,
    json_object,
    named_map,
    number_within,
    refusing,
    rows_from,
    rows_listed,
)
from live.map_asking import Asked, cancel, map_or_standing, standing_of
from live.map_filters import filters_of
from live.map_jobs import Standing

ALL_AT_ONCE = 200_000  # points; of more a sample is sent
SAMPLE = 50_000
MOST_ROWS = 256  # that one request may name
LARGEST_RASTER = 2048  # cells to a side


@route
@refusing
def sources_route(request: Request) -> dict[str, Any]:
    """GET /live/sources/{model}/{weights}."""
    return {"sources": [vars(each) for each in store.list_sources(named_model(request))]}


@refusing
def _asked(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/map/{model}/{weights} with {"source", "method", "parameters", "rows", "align_to"}."""
    return _answer(map_or_standing(named_model(request), _request_of(body)))


ask_map_route = body_route(LARGEST_ROWS, _asked, threads=4)


@route
@refusing
def map_route(request: Request) -> dict[str, Any]:
    """GET /live/map/{id}: a map that was asked for, finished or not."""
    standing = standing_of(request.path_params["id"])
    return standing.facts(request.path_params["id"]) if standing else facts_of(named_map(request))


@route
@refusing
def cancel_map_route(request: Request) -> dict[str, Any]:
    """DELETE /live/map/{id}: ends the job that computes it."""
    check_origin(request)
    wanted = request.path_params["id"]
    if cancel(wanted):
        return {"id": wanted, "state": "cancelled"}
    return {"id": wanted, "state": "unknown" if store.find_map(wanted) is None else "ready"}


@route
@refusing
def points_route(request: Request) -> Response:
    """GET /live/map/{id}/points?box=&most=&rows=."""
    found, box = named_map(request), box_of(request)
    if "rows" in request.query_params:
        return _points_at(found, found.places_of(rows_listed(request, MOST_ROWS)))
    if box is None and len(found) <= ALL_AT_ONCE and found.request.rows is None:
        return binary(list(found.points.T), FOR_EVER)
    most = number_within(request, "most", ALL_AT_ONCE if len(found) <= ALL_AT_ONCE else SAMPLE, 1, ALL_AT_ONCE)
    return _points_at(found, found.sample(most, box))


def _points_at(found: store.LatentMap, places: np.ndarray) -> Response:
    rows = found.rows[places].astype(np.uint32)
    return binary([rows, *found.points[places].T], FOR_EVER, X_Rows=str(len(rows)))


@route
@refusing
def density_route(request: Request) -> Response:
    """GET /live/map/{id}/density?box=&width=&height=&column=&hidden=&filters=."""
    found = named_map(request)
    width, height = (number_within(request, side, 256, 1, LARGEST_RASTER) for side in ("width", "height"))
    column, filters = request.query_params.get("column"), filters_of(request)
    raster = found.raster(box_of(request) or found.bounds, width, height, column, filters)
    planes = [raster.counts] if raster.classes is None else [raster.counts, raster.classes]
    return binary(planes, UNKEPT if column or filters else FOR_EVER)  # a table beside the images may change


def _answer(found: store.LatentMap | tuple[str, Standing]) -> dict[str, Any]:
    if isinstance(found, store.LatentMap):
        return facts_of(found)
    wanted, standing = found
    return standing.facts(wanted)


def facts_of(found: store.LatentMap) -> dict[str, Any]:
    """What a finished map says of itself, as JSON."""
    request = found.request
    return {
        "id": found.id,
        "state": "ready",
        "progress": 1.0,
        "message": "",
        "seconds_left": 0.0,
        "count": len(found),
        "components": found.points.shape[1],
        "quality": found.quality,
        "titles": list(found.titles),
        "words": found.words,
        "exact": request.exact,
        "origin": None if found.origin is None else found.origin.tolist(),
        "axes": None if found.axes is None else found.axes.tolist(),
        "bounds": list(found.bounds),
        "source": request.source.id,
        "method": request.method,
        "parameters": dict(request.parameters),
        "isolated": request.rows is not None,
    }


def _request_of(body: bytes) -> Asked:
    content = json_object(body)
    unknown = [name for name in content if name not in ("source", "method", "parameters", "rows", "align_to")]
    if unknown:
        raise Refused("bad-request", f"The field {unknown[0][:30]!r} is unknown; a map takes source, method, "
                      "parameters, rows and align_to.")  # fmt: skip
    source, method, parameters = content.get("source", "reference"), content.get("method"), content.get("parameters")
    texts = isinstance(source, str) and isinstance(method, str) and isinstance(content.get("align_to") or "", str)
    if not texts or not isinstance(parameters or {}, dict):
        raise Refused("bad-request", "source, method and align_to must be texts, parameters an object, such as"
                      ' {"source": "reference", "method": "pca", "parameters": {"components": 2}}.')  # fmt: skip
    rows = None if content.get("rows") is None else rows_from(content["rows"])
    return Asked(source, method, parameters or {}, rows, content.get("align_to"))
