"""Paths through key latents: POST an address below /live/path, again until the figures of the path are there."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from starlette.requests import Request

import jobs
import store
from jobs.path_facts import path_facts
from live.answers import Refused, body_route, named_model
from live.export_request import bad, choice_in, label_in
from live.job_answers import job_answer
from live.latent_lists import latents_from
from live.map_answers import json_object

KEYS = (2, 8)
STEPS_PER_LEG = 32  # from a key to the next: between two points the way is straight
AT_ONCE = ("linear", "slerp", "spline")
KINDS = (*AT_ONCE, "data", "geodesic")
MOST_BYTES = 1_000_000
FIELDS = {"kind", "keys", "label"}


def _path(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/path/{model}/{weights} with {"kind", "keys", "label"}: the path and its figures."""
    model, asked = named_model(request), json_object(body)
    unknown = sorted(set(asked) - FIELDS)
    if unknown:
        raise bad(f"The request has {unknown[0][:30]!r}; it may have {', '.join(sorted(FIELDS))}. Leave it out.")
    kind = choice_in(asked, "kind", KINDS, None)
    keys = latents_from(asked.get("keys"), model.latent_dim, KEYS[1], KEYS[0], "keys")
    label = label_in(asked.get("label"), model)
    if kind == "data" and model.latents is None:
        raise Refused(
            "no-reference", f"{model.name} has no encoded images to go along; choose another path, or train it again."
        )
    steps = STEPS_PER_LEG * (len(keys) - 1) + 1

    def submit() -> jobs.Job:
        where = {"root": store.checkpoints_root(), "name": model.name, "weights": model.weights}
        return jobs.submit("path_task", **where, kind=kind, keys=keys, steps=steps, label=label)

    parts = (model.weights, model.name, kind, keys.tobytes().hex(), str(label))
    wanted = hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]
    answer = job_answer(wanted, submit, dict)
    if answer["state"] != "ready" and answer.get("partial") is None and kind in AT_ONCE:
        answer["partial"] = _at_once(kind, keys, steps)  # the figures come later, the path is there
    return answer


def _at_once(kind: str, keys: np.ndarray, steps: int) -> dict[str, Any]:
    from vae_core import latent  # brings torch: loaded by now, not when the routes are imported

    return path_facts(getattr(latent, f"{kind}_through")(keys, steps))


path_route = body_route(MOST_BYTES, _path, threads=2)
