"""The training images nearest to generated pictures, over HTTP: are they copies?"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

import jobs
import store
from live.answers import Refused, body_route, named_model
from live.job_answers import job_answer
from live.latent_lists import labels_from, latents_from
from live.map_answers import json_object

if TYPE_CHECKING:
    from jobs.copies_task import Copies

LARGEST_BODY = 1_000_000  # bytes: 256 latents of 512 dimensions in base64


def _copies(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/copies/{model}/{weights} with {"latents", "labels"}."""
    from vae_core.data import available

    model, content = named_model(request), json_object(body)
    latents = latents_from(content.get("latents"), model.latent_dim, store.MOST_DRAWS)
    labels = labels_from(content.get("labels"), model, len(latents))
    if not available(model.config.data.name):
        raise Refused(
            "unfit-source",
            f"The training images of {model.name} ({model.config.data.name}) are not on this machine, so whether a"
            " picture is a copy cannot be told. Put the data into the data folder.",
        )
    named = hashlib.sha256(model.weights.encode() + latents.tobytes() + repr(labels).encode()).hexdigest()[:16]

    def submit() -> jobs.Job:
        return jobs.submit(
            "copies_task", root=store.checkpoints_root(), model=model.name, latents=latents, labels=labels
        )

    return job_answer(f"copies {named}", submit, _as_facts)


copies_route = body_route(LARGEST_BODY, _copies)


def _as_facts(found: Copies) -> dict[str, Any]:
    nearest = found.nearest
    return {
        "rows": nearest.rows.tolist(),
        "images": base64.b64encode(nearest.images.transpose(0, 2, 3, 1).tobytes()).decode("ascii"),
        "shape": [nearest.images.shape[2], nearest.images.shape[3], nearest.images.shape[1]],
        "distances": nearest.distances.round(6).tolist(),
        "nearer": found.nearer.round(3).tolist(),
        "typical": round(found.typical, 6),
        "words": found.words,
    }
