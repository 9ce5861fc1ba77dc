"""Where to start: latents of the prior, a class, a mixture, a row or another model, and the rows of a label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.requests import Request

import store
from live.answers import Refused, checkpoint_refused, named_model, route, whole_number

MOST_ROWS = 10_000  # in one answer
Source = Callable[[store.LoadedModel, Request], store.Start]


@route
def latent_route(request: Request) -> dict[str, Any]:
    """GET /live/latent/{model}/{weights}?from=prior|class|mixture|model|row and what each of them takes."""
    from vae_core.checkpoint import CheckpointError

    source = request.query_params.get("from", "")
    if source not in SOURCES:
        raise Refused(
            "bad-parameter", f"The parameter from is {source[:30]!r}; it must be one of {', '.join(SOURCES)}."
        )
    model = named_model(request)
    try:
        start = SOURCES[source](model, request)
    except store.NoStart as problem:
        raise Refused(problem.reason, str(problem)) from problem
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem
    # .tolist() gives each float32 as the double of the same value: what reads it back has the same 32 bits
    return {
        "latent": start.latent.tolist(),
        "std": None if start.std is None else start.std.tolist(),
        "words": start.words,
        "label": start.label,
    }


@route
def rows_route(request: Request) -> dict[str, Any]:
    """GET /live/rows/{model}/{weights}?label=&near=&source=: rows, and how many images each label has."""
    model = named_model(request)
    source_id = request.query_params.get("source", store.REFERENCE)
    try:
        if source_id != store.REFERENCE:
            return _rows_of(store.source_of(model, source_id), request)
        return _rows_of_reference(model, request)
    except (store.NoStart, store.NoMap) as problem:
        raise Refused(problem.reason, str(problem)) from problem


def _rows_of_reference(model: store.LoadedModel, request: Request) -> dict[str, Any]:
    label, near = request.query_params.get("label"), request.query_params.get("near")
    counts = store.label_counts(model)
    rows = np.zeros(0, dtype=np.int64)
    if label is not None:
        rows = store.rows_of_class(model, label)
    elif near is not None:
        rows = np.arange(len(model.latents))
    if near is not None:
        rows = store.nearest_first(model, rows, whole_number(request, "near"))
    return {"rows": rows[:MOST_ROWS].tolist(), "count": len(rows), "labels": counts}


def _rows_of(source: store.Source, request: Request) -> dict[str, Any]:
    label, near = request.query_params.get("label"), request.query_params.get("near")
    rows = np.zeros(0, dtype=np.int64)
    if label is not None:
        rows = source.rows_of_class(label)
    elif near is not None:
        rows = np.arange(len(source))
    if near is not None:
        row = whole_number(request, "near")
        source.check_row(row)
        rows = rows[np.argsort(np.square(source.mean[rows] - source.mean[row]).sum(axis=1), kind="stable")]
    return {"rows": rows[:MOST_ROWS].tolist(), "count": len(rows), "labels": source.label_counts()}


def _prior(model: store.LoadedModel, request: Request) -> store.Start:
    text = request.query_params.get("temperature", "1")
    try:
        temperature = float(text)
    except ValueError:
        raise Refused("bad-parameter", f"The parameter temperature is {text[:30]!r}; it must be a number.") from None
    return store.start_from_prior(model, temperature, whole_number(request, "seed", 0))


def _class(model: store.LoadedModel, request: Request) -> store.Start:
    return store.start_from_class(model, _text(request, "label"))


def _mixture(model: store.LoadedModel, request: Request) -> store.Start:
    return store.start_from_mixture(model, whole_number(request, "seed", 0))


def _row(model: store.LoadedModel, request: Request) -> store.Start:
    return store.start_from_row(model, whole_number(request, "row"))


def _model(model: store.LoadedModel, request: Request) -> store.Start:
    label = whole_number(request, "label") if "label" in request.query_params else None
    return store.start_from_model(model, _text(request, "other"), whole_number(request, "row"), label)


def _text(request: Request, name: str) -> str:
    text = request.query_params.get(name, "")
    if not text:
        raise Refused("bad-parameter", f"The parameter {name} is missing; this source needs it.")
    return text


SOURCES: dict[str, Source] = {"prior": _prior, "class": _class, "mixture": _mixture, "row": _row, "model": _model}
