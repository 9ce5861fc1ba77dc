"""A picture that a person brings: read safely, fitted as the model's training images were made, encoded."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from starlette.requests import Request

import jobs
import store
from live.answers import Refused, body_route, named_model, whole_number
from live.pictures import png

LARGEST_FILE = 20_000_000  # bytes


def _encoded(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/image/{model}/{weights}?label=: the body is a picture file."""
    from vae_core.data import PictureError, read_picture

    if not jobs.uploads_allowed():
        raise Refused("uploads-off", jobs.UPLOADS_OFF)
    model = named_model(request)
    label = whole_number(request, "label") if "label" in request.query_params else None
    try:
        store.checked_label(model, label)
        picture = read_picture(body)  # one at a time: 50 million pixels take up to 400 MB while they are decoded
        found = store.encode_picture(model, picture.image, label, picture.notes)
    except (PictureError, store.NoStart) as problem:
        raise Refused(problem.reason, str(problem)) from problem
    return {
        "mean": found.mean.tolist(),
        "std": found.std.tolist(),
        "fitted": data_url(found.fitted.pixels),
        "note": found.fitted.note,
        "blank": found.fitted.blank,
    }


image_route = body_route(LARGEST_FILE, _encoded)


def data_url(pixels: np.ndarray) -> str:
    """A PNG as an address for pixels uint8 (C, H, W)."""
    return "data:image/png;base64," + base64.b64encode(png(pixels.transpose(1, 2, 0))).decode()
