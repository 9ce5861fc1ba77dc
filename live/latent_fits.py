"""The latent that explains best what is visible of a picture, over HTTP: a job, with the picture while it is fitted."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request

import jobs
import store
from live.answers import Content, Refused, body_route, named_model
from live.job_answers import job_answer
from live.map_answers import json_object
from live.repairing import damage_from, pixels_from

MOST_BYTES = 1_000_000
FIELDS = {"image", "hole", "noise", "seed", "keep", "label"}


def _fit(request: Request, body: bytes) -> Content:
    """POST /live/repair/{model}/{weights}: {"image", "hole", "noise", "seed", "keep", "label"}."""
    model, content = named_model(request), json_object(body)
    wanted = _wanted(model, content)
    name = f"fit{hashlib.sha256(model.weights.encode() + repr(sorted(wanted.items())).encode()).hexdigest()[:16]}"
    return job_answer(
        name,
        lambda: jobs.submit("latent_fit_task", root=store.checkpoints_root(), model=model.name, **wanted),
        lambda found: found,
    )


def _wanted(model: store.LoadedModel, content: dict[str, Any]) -> dict[str, Any]:
    unknown = set(content) - FIELDS
    if unknown:
        raise Refused("bad-request", f"The field {sorted(unknown)[0][:30]} is unknown; a fit takes {sorted(FIELDS)}.")
    image = pixels_from(content.get("image"), model.image_shape, "image")
    hole = content.get("hole")
    hidden = None if hole is None else pixels_from(hole, model.image_shape[1:], "hole")
    if hidden is not None and hidden.all():
        raise Refused(
            "bad-request", "No pixel is visible: the hole covers all. A fit needs at least 1. Make the hole smaller."
        )
    try:
        damage = damage_from(content.get("noise"))
        label = store.checked_label(model, content.get("label"))
    except (ValueError, store.NoStart) as problem:
        raise Refused(getattr(problem, "reason", "bad-request"), str(problem)) from problem
    seed, keep = content.get("seed", 0), content.get("keep", True)
    if type(seed) is not int or not 0 <= seed < 2**63 or not isinstance(keep, bool):
        raise Refused("bad-request", "seed must be a whole number from 0 on, and keep true or false.")
    return {
        "image": image.tobytes(),
        "hole": None if hidden is None else hidden.tobytes(),
        "kind": damage.kind,
        "strength": damage.strength,
        "noise_seed": damage.seed,
        "seed": seed,
        "keep": keep,
        "label": label,
    }


fit_route = body_route(MOST_BYTES, _fit, at_once=8, threads=2)
