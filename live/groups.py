"""The groups of images that people named, read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

import store
from live.answers import Refused, body_route, checkpoint_refused, route
from live.map_answers import LARGEST_ROWS, json_object, refusing, rows_from


@route
@refusing
def groups_route(request: Request) -> dict[str, Any]:
    """GET /live/notes/{model}/groups?source=: the groups, and their rows in the source."""
    name = request.path_params["model"]
    source = _source(name, request.query_params.get("source", store.REFERENCE))
    return _noted(lambda: _as_facts(store.read_groups(name), source), source)


@refusing
def _written(request: Request, body: bytes) -> dict[str, Any]:
    """PUT /live/notes/{model}/groups with {"revision", "source", "groups"}: all groups are replaced."""
    name = request.path_params["model"]
    content = json_object(body)
    revision, groups, source_id = content.get("revision"), content.get("groups"), content.get("source", store.REFERENCE)
    if type(revision) is not int or not isinstance(groups, list) or not isinstance(source_id, str):
        example = '{"revision": 4, "source": "reference", "groups": [{"name": "threes", "rows": [18, 30]}]}'
        raise Refused("bad-groups", f"The body must be JSON such as {example}, with the revision that was read.")
    source = _source(name, source_id)
    wanted = [_with_rows(group) for group in groups]
    return _noted(lambda: _as_facts(store.write_groups(name, revision, wanted, source), source), source)


write_groups_route = body_route(LARGEST_ROWS, _written)


def _source(model_name: str, source_id: str) -> store.Source:
    from vae_core.checkpoint import CheckpointError

    try:
        return store.source_of(store.model(model_name), source_id)
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem


def _noted(work: Callable[[], dict[str, Any]], source: store.Source) -> dict[str, Any]:
    try:
        return work()
    except store.NotesChanged as problem:
        raise Refused(problem.reason, str(problem), **_as_facts(problem.present, source)) from problem
    except store.NotesError as problem:
        raise Refused(problem.reason, str(problem)) from problem


def _with_rows(group: Any) -> Any:
    if isinstance(group, dict) and group.get("rows") is not None:
        return {**group, "rows": rows_from(group["rows"])}
    return group


def _as_facts(groups: store.Groups, source: store.Source) -> dict[str, Any]:
    """count: the images of the group; rows: those of them that the source has."""
    found = [
        {"name": each.name, "source": each.source, "count": len(each.hashes), "rows": each.rows_in(source).tolist()}
        for each in groups.groups
    ]
    return {"revision": groups.revision, "source": source.id, "groups": found}
