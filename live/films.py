"""What a morph leaves behind: a film, a strip, a picture, a grid, frames or their latents, made by a worker."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.requests import Request

import jobs
import store
from live.answers import body_route, named_model
from live.export_files import LONGEST_SIDE_OF_MP4, MOST_PIXELS, MOST_PIXELS_AT_ONCE
from live.export_request import FPS, FRAMES, SCALES, bad, choice_in, label_in, number_in, switch_in
from live.job_answers import job_answer
from live.latent_lists import latents_from
from live.made_files import MadeFile, kept_file
from live.map_answers import json_object
from store import LoadedModel

MOST_BYTES = 2_000_000
MEDIA = {
    "gif": ("gif", "image/gif"),
    "mp4": ("mp4", "video/mp4"),
    "webp": ("webp", "image/webp"),
    "strip": ("png", "image/png"),
    "zip": ("zip", "application/zip"),
    "json": ("json", "application/json"),
    "picture": ("png", "image/png"),
    "sheet": ("png", "image/png"),
    "triangle": ("png", "image/png"),
}
COUNTS = {"picture": (1, 1), "sheet": (1, FRAMES[1]), "triangle": (1, FRAMES[1]), "json": (1, FRAMES[1])}
WHOLE = ("strip", "sheet", "triangle")  # made in one piece
COLUMNS = (1, FRAMES[1])
FIELDS = {"what", "latents", "label", "scale", "smooth", "fps", "path", "columns"}
LONGEST_PATH = 20


@dataclass(frozen=True, eq=False)
class Film:
    """A checked request. latents: float32 (N, D), one for each frame. path: a word for the file's name.

    columns: pictures to a side of a sheet or a triangle, None where there is no grid.
    """

    what: str
    latents: np.ndarray
    label: int | None
    scale: int
    smooth: bool
    fps: float
    path: str
    columns: int | None


def _made(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/film/{model}/{weights} with {"what", "latents", "label", "columns", ...}."""
    model = named_model(request)
    film = _film_in(json_object(body), model)
    ending, media_type = MEDIA[film.what]
    suffix = {"strip": "-strip", "sheet": "-grid", "triangle": "-grid"}.get(film.what, "")
    name = f"{model.name}-{film.path}{suffix}.{ending}"
    if film.what == "json":
        return {"state": "ready", **kept_file(MadeFile(name, media_type, _json(model, film)))}

    def submit() -> jobs.Job:
        what = {"what": film.what, "latents": film.latents, "label": film.label, "scale": film.scale}
        where = {"root": store.checkpoints_root(), "name": model.name}
        return jobs.submit("film_task", **where, **what, smooth=film.smooth, fps=film.fps, columns=film.columns)

    wanted = hashlib.sha256(model.weights.encode() + body).hexdigest()[:16]
    return job_answer(wanted, submit, lambda content: kept_file(MadeFile(name, media_type, content)))


film_route = body_route(MOST_BYTES, _made, threads=2)


def _film_in(asked: dict[str, Any], model: LoadedModel) -> Film:
    unknown = sorted(set(asked) - FIELDS)
    if unknown:
        raise bad(f"The request has {unknown[0][:30]!r}; it may have {', '.join(sorted(FIELDS))}. Leave it out.")
    path = asked.get("path", "morph")
    if not isinstance(path, str) or not path.isascii() or not path.isalnum() or len(path) > LONGEST_PATH:
        raise bad(f"path is {str(path)[:30]!r}; it must be a word of 1 to {LONGEST_PATH} letters, such as slerp.")
    what = choice_in(asked, "what", tuple(MEDIA), None)
    fewest, most = COUNTS.get(what, FRAMES)
    film = Film(
        what=what,
        latents=latents_from(asked.get("latents"), model.latent_dim, most, fewest),
        label=label_in(asked.get("label"), model),
        scale=int(number_in(asked, "scale", SCALES, 4, whole=True)),
        smooth=switch_in(asked, "smooth", False),
        fps=number_in(asked, "fps", FPS, 24, whole=False),
        path=path,
        columns=None if asked.get("columns") is None else int(number_in(asked, "columns", COLUMNS, 1, whole=True)),
    )
    _check_grid(film)
    _check_size(model, film)
    return film


def _check_grid(film: Film) -> None:
    """A sheet has whole rows, a triangle one picture more in each row. Raises Refused."""
    count, columns = len(film.latents), film.columns
    if film.what in ("sheet", "triangle") and columns is None:
        raise bad(f"columns is left out; a {film.what} of {count} pictures needs it. Say how many are in its last row.")
    if film.what == "sheet" and count % columns:
        raise bad(f"columns is {columns}; {count} pictures do not fill whole rows of it. Choose a divisor of {count}.")
    if film.what == "triangle" and 2 * count != columns * (columns + 1):
        raise bad(f"columns is {columns}; {count} pictures do not fill rows of 1, 2 and so on to it. Send as many.")


def _check_size(model: LoadedModel, film: Film) -> None:
    _, height, width = (model.image_shape[0], *(side * film.scale for side in model.image_shape[1:]))
    frames = len(film.latents)
    most = MOST_PIXELS_AT_ONCE if film.what in WHOLE else MOST_PIXELS
    if frames * height * width > most:
        raise bad(
            f"{frames} frames of {width} × {height} pixels are {frames * height * width / 1e6:,.0f} million; at most"
            f" {most // 1_000_000} are made. Choose a smaller scale or fewer frames.",
            "file-too-large",
        )
    if film.what == "mp4" and max(height, width) > LONGEST_SIDE_OF_MP4:
        raise bad(
            f"A frame would be {width} × {height} pixels; an MP4 has at most {LONGEST_SIDE_OF_MP4:,} to a side."
            " Choose a smaller scale.",
            "file-too-large",
        )


def _json(model: LoadedModel, film: Film) -> bytes:
    facts = {
        "model": model.name,
        "weights": model.weights,
        "label": film.label,
        "path": film.path,
        "fps": film.fps,
        "columns": film.columns,
        "frames": film.latents.tolist(),  # each float32 as the float64 of the same value: reads back bit for bit
    }
    return json.dumps(facts).encode() + b"\n"
