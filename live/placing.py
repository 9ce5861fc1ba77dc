"""Where latents lie on a finished map, over HTTP: at once on planes, by a worker on maps of neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request

import jobs
import store
from live.answers import Refused, body_route
from live.map_answers import json_object, named_map
from live.neighbours import latent_from

LARGEST_BODY = 4_000_000
MOST_LATENTS = 256
LONGEST_WAIT = 60.0  # seconds for a worker: another map may have to be finished first


def _placed(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/place/{id} with {"latents": [[D], …]}: their places."""
    found = named_map(request)
    latents = _latents(json_object(body).get("latents"), found.request.means.shape[1])
    points = (latents - found.origin) @ found.axes.T if found.request.exact else _by_worker(found, latents)
    return {"points": np.asarray(points, dtype=np.float32).tolist()}


# threads that wait for a worker, and compute nothing meanwhile
place_route = body_route(LARGEST_BODY, _placed, threads=4)


def _latents(given: Any, latent_dim: int) -> np.ndarray:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_LATENTS:
        raise Refused("bad-shape", f"latents must be a list of 1 to {MOST_LATENTS} latents of {latent_dim} numbers.")
    return np.stack([latent_from(each, latent_dim) for each in given])


def _by_worker(found: store.LatentMap, latents: np.ndarray) -> np.ndarray:
    try:
        job = jobs.submit("place_task", map_id=found.id, latents=latents)
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem
    try:
        return job.result(LONGEST_WAIT)
    except TimeoutError as problem:
        job.cancel()
        raise Refused(
            "busy", "The workers are busy with other maps; this place was not found. Try again when they are done."
        ) from problem
    except jobs.JobFailed as problem:
        raise Refused("not-placed", problem.sentence) from problem
