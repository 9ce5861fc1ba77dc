"""Generated pictures to take away: a ZIP of PNG files, and a manifest that says how each was made."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import store
from live.answers import Refused, body_route, named_model
from live.export_request import LONGEST_NAME
from live.latent_lists import labels_from, latents_from
from live.map_answers import json_object
from live.pictures import png

LARGEST_BODY = 1_000_000
MANIFEST = "manifest.json"
SHOWN = ("mean", "draw")
LARGEST_SEED = 2**53 - 1
WORDS = ("source", "words")  # what the page says of the draws, kept as it is
NUMBERS = ("temperature", "seed", "percentile_from")


def _file(request: Request, body: bytes) -> Response:
    """POST /live/samples/{model}/{weights}: docs/live-protocol.md says what it takes."""
    model, content = named_model(request), json_object(body)
    latents = latents_from(content.get("latents"), model.latent_dim, store.MOST_DRAWS)
    labels = labels_from(content.get("labels"), model, len(latents))
    shown, seed = content.get("shown", "mean"), content.get("pixel_seed", 0)
    if shown not in SHOWN or type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise Refused("bad-request", "shown must be mean or draw, and pixel_seed a whole number from 0 to 2^53 - 1.")
    manifest = _manifest(model, content, latents, labels)
    if shown == "draw" and model.vae.likelihood.measure == "none":
        raise Refused("bad-request", f"{model.name} has no likelihood to draw pictures from. Save the mean pictures.")
    classes = 0 if labels is None else labels
    pixels = model.decode(latents, classes) if shown == "mean" else model.draw(latents, seed, classes)
    name = f"{model.name}-samples.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(_archive(pixels, manifest), media_type="application/zip", headers=headers)


samples_route = body_route(LARGEST_BODY, _file, at_once=4)


def _manifest(
    model: store.LoadedModel, content: dict[str, Any], latents: np.ndarray, labels: np.ndarray | None
) -> dict[str, Any]:
    """Everything that makes the pictures again. Raises Refused for a part that is of another type."""
    said = {name: _text(content, name) for name in WORDS} | {name: _number(content, name) for name in NUMBERS}
    shown = {"shown": content.get("shown", "mean"), "pixel_seed": content.get("pixel_seed", 0)}
    if shown["shown"] == "mean":
        del shown["pixel_seed"]
    classes = (
        None if labels is None else [store.class_name(model.config.data.label_names, int(each)) for each in labels]
    )
    draws = _draws(content, len(latents))
    samples = [
        {
            "file": f"{number:03d}.png",
            "draw": draws[number],
            **({} if classes is None else {"class": classes[number]}),
            "latent": latent,
        }
        for number, latent in enumerate(latents.astype(float).tolist())
    ]
    return {"format": 1, "model": model.name, "weights": model.weights, **said, **shown, "samples": samples}


def _draws(content: dict[str, Any], count: int) -> list[int]:
    """Which of the draws of that seed each latent is. Raises Refused."""
    draws = content.get("draws", list(range(count)))
    whole = isinstance(draws, list) and len(draws) == count and all(type(each) is int for each in draws)
    if not whole or not all(0 <= each < store.MOST_DRAWS for each in draws):
        raise Refused(
            "bad-request",
            f"draws must be a list of {count} whole numbers from 0 to {store.MOST_DRAWS - 1}, or left out.",
        )
    return draws


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > 20 * LONGEST_NAME:
        raise Refused("bad-request", f"{name} is {str(value)[:30]!r}; it must be a text of at most 800 characters.")
    return value


def _number(content: dict[str, Any], name: str) -> float | None:
    value = content.get(name)
    if value is not None and type(value) not in (int, float):
        raise Refused("bad-request", f"{name} is {str(value)[:30]!r}; it must be a number, or left out.")
    return value


def _archive(pixels: np.ndarray, manifest: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a PNG is compressed already
        for picture, sample in zip(pixels, manifest["samples"], strict=True):
            archive.writestr(sample["file"], png(picture))
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        archive.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)
    return file.getvalue()
