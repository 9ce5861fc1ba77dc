"""Work longer than a frame that a page waits for: the same request again and again, until it is answered as ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

import jobs
from live.answers import Refused, check_origin, route
from live.map_jobs import JOBS, Standing


def job_answer(wanted: str, submit: Callable[[], jobs.Job], finish: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Where the job of that id stands, started when there is none; once it is ready, what `finish` makes of its result.

    wanted: names the work by all that it depends on: who asks for the same shares the job. A result is given once and
    then forgotten. Raises Refused when too many jobs wait.
    """
    try:
        found = JOBS.ask(wanted, submit)
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem
    if isinstance(found, Standing):
        return found.facts(wanted)
    return {"id": wanted, "state": "ready", "progress": 1.0, "message": "", "seconds_left": 0.0, **finish(found)}


@route
def cancel_job_route(request: Request) -> dict[str, Any]:
    """DELETE /live/job/{id}: ends it and kills its worker; with ?waiting=1 only one that has not begun."""
    check_origin(request)
    wanted = request.path_params["id"]
    end = JOBS.leave if request.query_params.get("waiting") == "1" else JOBS.cancel
    return {"id": wanted, "state": "cancelled" if end(wanted) else "unknown"}
