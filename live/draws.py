"""Latents drawn many at a time over HTTP: what the Generate page shows at every temperature."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

import store
from live.answers import Refused, named_model, route, whole_number
from live.latent_lists import packed


@route
def draws_route(request: Request) -> dict[str, Any]:
    """GET /live/draws/{model}/{weights}?from=prior|mixture&count=64&seed=0."""
    model, source = named_model(request), request.query_params.get("from", store.DRAW_SOURCES[0])
    count, seed = whole_number(request, "count", 64), whole_number(request, "seed", 0)
    if source not in store.DRAW_SOURCES:
        known = ", ".join(store.DRAW_SOURCES)
        raise Refused("bad-parameter", f"The parameter from is {source[:30]!r}; it must be one of {known}.")
    if not 1 <= count <= store.MOST_DRAWS:
        raise Refused("bad-parameter", f"The parameter count is {count}; from 1 to {store.MOST_DRAWS} are drawn.")
    try:
        drawn = store.draws(model, source, count, seed)
    except store.NoStart as problem:
        raise Refused(problem.reason, str(problem)) from problem
    return {
        "count": count,
        "latent_dim": model.latent_dim,
        "centres": packed(drawn.centres),
        "offsets": packed(drawn.offsets),
        "words": drawn.words,
    }
