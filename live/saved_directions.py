"""The directions that people saved with a model, read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

import store
from live.answers import Refused, body_route, checkpoint_refused, route
from live.map_answers import json_object
from store.directions import LARGEST_FILE


@route
def directions_route(request: Request) -> dict[str, Any]:
    """GET /live/notes/{model}/directions."""
    return _noted(lambda: store.read_directions(request.path_params["model"]))


def _written(request: Request, body: bytes) -> dict[str, Any]:
    """PUT /live/notes/{model}/directions with {"revision", "directions"}: all directions are replaced."""
    content = json_object(body)
    revision, directions = content.get("revision"), content.get("directions")
    if type(revision) is not int or not isinstance(directions, list):
        example = '{"revision": 4, "directions": [{"name": "slant", "vector": …, "span": 2.5, …}]}'
        raise Refused("bad-directions", f"The body must be JSON such as {example}, with the revision that was read.")
    return _noted(lambda: store.write_directions(request.path_params["model"], revision, directions))


write_directions_route = body_route(LARGEST_FILE, _written)


def _noted(work: Callable[[], store.Directions]) -> dict[str, Any]:
    from vae_core.checkpoint import CheckpointError

    try:
        return _as_facts(work())
    except store.NotesChanged as problem:
        raise Refused(problem.reason, str(problem), **_as_facts(problem.present)) from problem
    except store.NotesError as problem:
        raise Refused(problem.reason, str(problem)) from problem
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem


def _as_facts(found: store.Directions) -> dict[str, Any]:
    return {"revision": found.revision, "directions": [each.as_json() for each in found.directions]}
