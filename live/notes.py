"""The names that people give to a model's dimensions, read and written."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from live.answers import Refused, body_route, checkpoint_refused, route
from store.note_files import NotesChanged, NotesError
from store.notes import LARGEST_FILE, Names, read_names, write_names


@route
def names_route(request: Request) -> dict[str, Any]:
    """GET /live/notes/{model}/names."""
    from vae_core.checkpoint import CheckpointError

    try:
        return _as_facts(read_names(request.path_params["model"]))
    except NotesError as problem:
        raise Refused(problem.reason, str(problem)) from problem
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem


def _written(request: Request, body: bytes) -> dict[str, Any]:
    """PUT /live/notes/{model}/names with {"revision", "names"}: all names are replaced."""
    from vae_core.checkpoint import CheckpointError

    revision, names = _request_of(body)
    try:
        return _as_facts(write_names(request.path_params["model"], revision, names))
    except NotesChanged as problem:
        raise Refused(problem.reason, str(problem), **_as_facts(problem.present)) from problem
    except NotesError as problem:
        raise Refused(problem.reason, str(problem)) from problem
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem


write_names_route = body_route(LARGEST_FILE, _written)


def _request_of(body: bytes) -> tuple[int, Any]:
    try:
        content = json.loads(body)
        revision, names = content["revision"], content["names"]
    except (ValueError, TypeError, KeyError, RecursionError):
        revision, names = None, None
    if type(revision) is not int:
        example = '{"revision": 4, "names": {"3": "slant"}}'
        raise Refused("bad-names", f"The body must be JSON such as {example}, with the revision that was read.")
    return revision, names


def _as_facts(names: Names) -> dict[str, Any]:
    return {"revision": names.revision, "names": {str(key): name for key, name in names.names.items()}}
