"""Which classes of a source mix in the latent space, over HTTP: found by a job, once for each column of classes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import jobs
import store
from live.answers import Refused, route
from live.column_jobs import computed_or_standing
from live.map_answers import UNKEPT, named_source, refusing
from live.map_jobs import JOBS, Standing


@route
@refusing
def mixing_route(request: Request) -> Response | dict[str, Any]:
    """GET /live/source/{model}/{weights}/{source}/mixing/{name}; 202 with how far it is as long as a job is at it."""
    source, name = named_source(request), request.path_params["name"]
    found = _column_first(source, name) or _mixing(source, name)
    if isinstance(found, Standing):
        return JSONResponse(vars(found), 202, headers={"Cache-Control": UNKEPT})
    return asdict(found)


def _column_first(source: store.Source, name: str) -> Standing | None:
    if not store.is_computed(name) or store.computed_column(source, name) is not None:
        return None
    return computed_or_standing(source, name)


def _mixing(source: store.Source, name: str) -> Any:
    classes, called = store.classes_to_mix(source, name)
    known = store.known_mixing(source, called)
    if known is not None:
        return known
    where = {"root": store.checkpoints_root(), "model": source.model, "source": source.encoded or source.id}
    try:
        done = JOBS.ask(f"mixing {source.hash} {called}", lambda: jobs.submit("mixing_task", **where, classes=classes))
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem
    return done if isinstance(done, Standing) else store.keep_mixing(source, called, done)
