"""What is known of each image of a source, over HTTP: whole columns, and everything about one row."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import store
from live.answers import Refused, route
from live.column_jobs import computed_or_standing
from live.map_answers import UNKEPT, binary, named_source, refusing

LONGEST_ROW = 9  # figures


@route
@refusing
def columns_route(request: Request) -> dict[str, Any]:
    """GET /live/source/{model}/{weights}/{source}/columns."""
    source = named_source(request)
    columns = [_facts(each) for each in store.columns_of(source)]
    return {"columns": columns, "problems": list(store.metadata_of(source).problems)}


@route
@refusing
def column_route(request: Request) -> Response:
    """GET /live/source/{model}/{weights}/{source}/column/{name}: int16 of classes, float32 of numbers.

    202 with how far it is as long as a job computes it.
    """
    source, name = named_source(request), request.path_params["name"]
    if store.is_computed(name) and store.computed_column(source, name) is None:
        standing = computed_or_standing(source, name)
        if standing is not None:
            return JSONResponse(vars(standing), 202, headers={"Cache-Control": UNKEPT})
    return binary([store.column_values(source, name)], UNKEPT)


@route
@refusing
def posterior_route(request: Request) -> dict[str, Any]:
    """GET /live/posterior/{model}/{weights}/{source}/{row}: the posterior of an image and what is known of it."""
    source, text = named_source(request), request.path_params["row"]
    if not text.isdecimal() or len(text) > LONGEST_ROW:
        raise Refused("bad-parameter", f"The row is {text[:20]!r}; it must be a whole number from 0 on.")
    row = int(text)
    source.check_row(row)
    return {
        "row": row,
        "mean": source.mean[row].tolist(),
        "std": source.std[row].tolist(),
        "kl": float(source.kl[row]),
        "reconstruction": float(source.reconstruction[row]),
        "label": source.class_name(row),
        "class": None if source.label is None else int(source.label[row]),
        "split": store.SPLITS[source.split[row]],
        "name": store.image_name(source, row),
        "hash": f"{int(source.image_hash[row]):016x}",
        "metadata": _metadata(source, row),
    }


def _metadata(source: store.Source, row: int) -> dict[str, str]:
    """What a table beside the images says of a row, as texts."""
    known = {each.name for each in store.metadata_of(source).columns}
    columns = [each for each in store.columns_of(source) if each.name in known]
    return {each.name: store.column_texts(source, each, np.array([row]))[0] for each in columns}


def _facts(column: store.Column) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name, "kind": column.kind, "words": column.words, "ready": column.ready}
    if column.kind == "class":
        facts["names"] = list(column.names)
    if column.unit:
        facts["unit"] = column.unit
    return facts
