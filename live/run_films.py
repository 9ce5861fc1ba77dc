"""The replay of a run as a film to take away, made by a worker."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request

import jobs
import store
from live.answers import Refused, body_route
from live.export_request import FPS, bad, choice_in, number_in
from live.films import MEDIA
from live.job_answers import job_answer
from live.made_files import MadeFile, kept_file
from live.map_answers import json_object
from live.run_facts import run_path

LARGEST_REQUEST = 10_000  # bytes
KINDS = ("gif", "mp4", "webp", "zip")
FIELDS = {"what", "fps", "colours"}
MOST_COLOURS = 64


def _filmed(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/run/{name}/film with {"what", "fps", "colours"}."""
    from vae_core.training.snapshots import list_snapshots

    name, asked = request.path_params["name"], json_object(body)
    unknown = sorted(set(asked) - FIELDS)
    if unknown:
        raise bad(f"The request has {unknown[0][:30]!r}; it may have {', '.join(sorted(FIELDS))}. Leave it out.")
    what, fps = choice_in(asked, "what", KINDS, None), number_in(asked, "fps", FPS, 8, whole=False)
    colours, epochs = _colours(asked.get("colours", [])), list_snapshots(run_path(name))
    if not epochs:
        raise Refused("no-such-epoch", f"The run {name} keeps no snapshots, so there is nothing to film.")

    def submit() -> jobs.Job:
        return jobs.submit("replay_task", root=store.checkpoints_root(), name=name, what=what, fps=fps, colours=colours)

    wanted = hashlib.sha256(f"{store.checkpoints_root()}/{name}/{epochs}".encode() + body).hexdigest()[:16]
    ending, media_type = MEDIA[what]
    return job_answer(
        wanted, submit, lambda content: kept_file(MadeFile(f"{name}-training.{ending}", media_type, content))
    )


run_film_route = body_route(LARGEST_REQUEST, _filmed)


def _colours(given: Any) -> list[str]:
    whole = isinstance(given, list) and len(given) <= MOST_COLOURS
    if not whole or not all(isinstance(each, str) and _is_colour(each) for each in given):
        raise bad(f"colours is {str(given)[:40]}; it must be a list of at most {MOST_COLOURS} texts such as #409fe7.")
    return given


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(letter in "0123456789abcdef" for letter in text[1:].lower())
