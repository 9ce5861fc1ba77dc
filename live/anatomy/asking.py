"""POST /live/anatomy/{model}/{weights}/{figure}: one figure of the Anatomy page."""

from __future__ import annotations

from starlette.requests import Request

from live.anatomy.figures import FIGURES
from live.answers import Content, Refused, body_route, named_model
from live.map_answers import json_object

MOST_BYTES = 1_000_000


def _figure(request: Request, body: bytes) -> Content:
    name = request.path_params["figure"]
    if name not in FIGURES:
        raise Refused("no-such-figure", f"There is no figure {name[:40]!r}; there are {', '.join(sorted(FIGURES))}.")
    return FIGURES[name](named_model(request), json_object(body))


figure_route = body_route(MOST_BYTES, _figure, at_once=8, threads=2)
