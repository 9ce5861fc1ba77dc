"""Directions over HTTP: of an attribute from two groups of images, and those that no label is needed for."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.requests import Request

import jobs
import store
from live.answers import Refused, body_route, named_model, route
from live.job_answers import job_answer
from live.latent_lists import latents_from, packed
from live.map_answers import LARGEST_ROWS, json_object, refusing, rows_from
from live.neighbours import latent_from

if TYPE_CHECKING:
    from vae_core.latent import AttributeDirection

METHODS = ("means", "classifier")
MOST_ORTHOGONAL = 60
MOST_FOUND = 12  # directions without labels
LARGEST_LATENT_BODY = 64 * 1024


@refusing
def _direction(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/direction/{model}/{weights} with {"having", "lacking", "method", "orthogonal_to"}."""
    model, content = named_model(request), json_object(body)
    method, others = content.get("method", METHODS[0]), content.get("orthogonal_to", [])
    if method not in METHODS:
        raise Refused("bad-request", f"method is {str(method)[:30]!r}; it must be one of {', '.join(METHODS)}.")
    if not isinstance(others, list) or len(others) > MOST_ORTHOGONAL:
        raise Refused("bad-request", f"orthogonal_to must be a list of at most {MOST_ORTHOGONAL} directions.")
    orthogonal = [latents_from(each, model.latent_dim, 1)[0] for each in others]
    source = store.source_of(model, store.REFERENCE)
    having = _group(source, content, "having")
    lacking = None if content.get("lacking") is None else _group(source, content, "lacking")
    _check_sizes(len(source), having, lacking)
    rows = {"having": having.rows, "lacking": None if lacking is None else lacking.rows}
    words = {"having": having.words, "lacking": "all others" if lacking is None else lacking.words}

    def submit() -> jobs.Job:
        return jobs.submit(
            "direction_task",
            root=store.checkpoints_root(), model=model.name, method=method, orthogonal_to=orthogonal, **rows,
        )  # fmt: skip

    named = [model.weights, method, others, *(None if each is None else each.tolist() for each in rows.values())]
    wanted = hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]
    return job_answer(f"direction {wanted}", submit, lambda found: _facts(found) | words)


direction_route = body_route(LARGEST_ROWS, _direction, threads=2)


def _group(source: store.Source, content: dict[str, Any], name: str) -> store.ImageGroup:
    asked = content.get(name)
    kinds = [kind for kind in ("labels", "group", "rows") if isinstance(asked, dict) and kind in asked]
    if len(kinds) != 1:
        example = f'{{"{name}": {{"labels": ["3"]}}}}, or "group" with a name, or "rows"'
        raise Refused("bad-request", f"{name} must say which images, such as {example}.")
    value = asked[kinds[0]]
    if kinds[0] == "rows":
        return store.image_group(source, {"rows": rows_from(value)})
    texts = isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    if not texts or isinstance(value, str) != (kinds[0] == "group"):
        raise Refused("bad-request", f"labels of {name} must be a list of texts, group a text.")
    return store.image_group(source, {kinds[0]: value})


def _check_sizes(images: int, having: store.ImageGroup, lacking: store.ImageGroup | None) -> None:
    """Raises Refused where one of the groups is too small to make a direction and to judge it."""
    others = images - len(having.rows) if lacking is None else len(lacking.rows)
    for count, words in ((len(having.rows), having.words), (others, lacking.words if lacking else "all others")):
        if count < 2:
            raise Refused(
                "too-few-rows",
                f"The group ({words}) has {count} of the {images:,} images; a direction needs 2 or more in each of two"
                " groups, to be made and to be judged. Choose another group.",
            )


def _facts(found: AttributeDirection) -> dict[str, Any]:
    consistency = found.consistency
    return {
        "vector": packed(found.direction),
        "span": found.span,
        "method": found.method,
        "auc": round(consistency.auc, 5),
        "cohens_d": round(consistency.cohens_d, 4) if math.isfinite(consistency.cohens_d) else None,
        "fitted": list(consistency.fitted),
        "held_out": list(consistency.held_out),
    }


@route
@refusing
def axes_route(request: Request) -> dict[str, Any]:
    """GET /live/axes/{model}/{weights}: the principal axes of the encoded images."""
    from vae_core.latent import principal_axes

    model = named_model(request)
    source = store.source_of(model, store.REFERENCE)
    try:
        axes = principal_axes(source.mean, MOST_FOUND)
    except ValueError as problem:
        raise Refused("bad-map", str(problem)) from problem
    return {
        "directions": packed(axes.axes),
        "std": axes.std.astype(float).round(6).tolist(),
        "explained": axes.explained.astype(float).round(6).tolist(),
    }


def _changing(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/jacobian/{model}/{weights} with {"latent", "label"}."""
    from vae_core.latent import ImageMetric, jacobian_directions

    model, content = named_model(request), json_object(body)
    latent = latent_from(content.get("latent"), model.latent_dim)
    label = content.get("label")
    if label is not None and type(label) is not int:
        raise Refused("bad-label", f"label is {str(label)[:20]!r}; it must be a whole number, or left out.")
    try:
        chosen = store.checked_label(model, label)
    except store.NoStart as problem:
        raise Refused(problem.reason, str(problem)) from problem
    metric = ImageMetric(model.vae, chosen if model.config.model.classes else None)
    found = jacobian_directions(metric, latent[None], MOST_FOUND)
    largest = np.maximum(found.change, np.finfo(np.float32).tiny)
    return {
        "directions": packed(found.directions),
        "change": found.change.astype(float).round(6).tolist(),
        "share": (np.square(largest) / np.square(largest).sum()).astype(float).round(6).tolist(),
    }


jacobian_route = body_route(LARGEST_LATENT_BODY, _changing)
