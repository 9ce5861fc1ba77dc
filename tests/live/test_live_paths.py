"""Paths and films over HTTP: what a page asks for, what it gets, what is refused."""

from __future__ import annotations

import base64
import json
import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import jobs
import store
from jobs.film_task import film_task
from jobs.path_task import path_task
from live.films import MEDIA
from tests.live.starting import StartClient
from tests.live.test_live_jobs import PlayedJob

TASKS = {"path_task": path_task, "film_task": film_task}


@pytest.fixture
def web(starts: StartClient) -> TestClient:
    return starts._web


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run where they are asked for, in place of a worker."""

    def submit(task: str, **arguments: Any) -> PlayedJob:
        job = PlayedJob()
        made = TASKS[task](report=lambda *_, **__: None, **arguments)
        job.state, job.result = "done", lambda _timeout: made
        return job

    monkeypatch.setattr(jobs, "submit", submit)


def text_of(latents: np.ndarray) -> str:
    return base64.b64encode(latents.astype("<f4").tobytes()).decode()


def keys(count: int = 2, name: str = "tiny-8d") -> np.ndarray:
    return store.model(name).latents.mean[:count]


def ask(web: TestClient, room: str, name: str = "tiny-8d", **wanted: Any):
    return web.post(f"/live/{room}/{name}/{store.model(name).weights}", json=wanted)


def test_a_path_comes_with_its_figures(web: TestClient, at_once: None) -> None:
    answer = ask(web, "path", kind="slerp", keys=text_of(keys(3))).json()
    found = np.frombuffer(base64.b64decode(answer["points"]), "<f4").reshape(-1, 8)
    assert answer["state"] == "ready" and len(found) == 65
    assert np.array_equal(found[answer["places"]], keys(3))
    assert {"latent_length", "image_length", "evenness", "way", "metric"} <= set(answer)


def test_what_needs_no_search_is_there_before_its_figures(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "submit", lambda *_, **__: PlayedJob())
    answer = ask(web, "path", kind="spline", keys=text_of(keys(4))).json()
    assert answer["state"] == "queued"
    found = np.frombuffer(base64.b64decode(answer["partial"]["points"]), "<f4").reshape(-1, 8)
    assert np.array_equal(found[answer["partial"]["places"]], keys(4))
    assert web.delete(f"/live/job/{answer['id']}").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("wanted", "reason", "words"),
    [
        ({"kind": "slerp", "keys": 1}, "bad-shape", "keys holds 8 numbers; it must hold 2 to 8 latents of 8"),
        ({"kind": "slerp", "keys": 9}, "bad-shape", "keys holds 72 numbers; it must hold 2 to 8 latents"),
        ({"kind": "bird", "keys": 2}, "bad-request", "kind is \"bird\"; it must be one of linear, slerp, spline"),
        ({"kind": "slerp", "keys": 2, "label": 1}, "bad-label", "tiny-8d is not conditional"),
        ({"kind": "slerp", "keys": 2, "by": 1}, "bad-request", "The request has 'by'"),
    ],
)  # fmt: skip
def test_an_unusable_path_is_refused_in_words(web: TestClient, wanted: dict, reason: str, words: str) -> None:
    answer = ask(web, "path", **(wanted | {"keys": text_of(keys(wanted["keys"]))}))
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AAAAAA==", "keys holds 1 numbers; it must hold 2 to 8 latents of 8"),
        ("not base64", "keys is no base64 of float32"),
        (text_of(np.full((2, 8), np.nan)), "A latent is NaN or infinite"),
        (text_of(np.full((2, 8), 1e6)), "at most 10000 to each side of 0"),
    ],
)
def test_latents_that_are_none_are_refused_in_words(web: TestClient, text: str, words: str) -> None:
    answer = ask(web, "path", kind="linear", keys=text)
    assert answer.status_code == 400 and words in answer.json()["message"]


def test_a_model_without_images_has_no_path_along_them(web: TestClient) -> None:
    answer = ask(web, "path", "no-rows", kind="data", keys=text_of(np.zeros((2, store.model("no-rows").latent_dim))))
    assert (answer.status_code, answer.json()["reason"]) == (404, "no-reference")


@pytest.mark.parametrize("what", sorted(MEDIA))
def test_a_morph_is_taken_away_as_a_file(web: TestClient, at_once: None, what: str) -> None:
    count, columns = {"picture": (1, None), "sheet": (8, 4), "triangle": (6, 3)}.get(what, (8, None))
    path = np.linspace(keys()[0], keys()[1], count, dtype=np.float32)
    told = ask(web, "film", what=what, latents=text_of(path), path="slerp", scale=2, columns=columns).json()
    suffix = {"strip": "-strip", "sheet": "-grid", "triangle": "-grid"}.get(what, "")
    assert (told["state"], told["name"]) == ("ready", f"tiny-8d-slerp{suffix}.{MEDIA[what][0]}")
    file = web.get(f"/live/{told['file']}")
    assert file.headers["content-type"] == MEDIA[what][1] and len(file.content) == told["bytes"]
    if what == "json":
        assert np.array_equal(np.float32(json.loads(file.content)["frames"]), path)
    if what in ("picture", "sheet", "triangle"):
        wide, tall = {"picture": (1, 1), "sheet": (4, 2), "triangle": (3, 3)}[what]
        assert Image.open(BytesIO(file.content)).size == (wide * 16, tall * 16)
    if what == "zip":
        assert len(zipfile.ZipFile(BytesIO(file.content)).namelist()) == 8


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"frames": 7}, "latents holds 56 numbers; it must hold 8 to 240 latents of 8"),
        ({"scale": 33}, "scale is 33; it must be a whole number from 1 to 32"),
        ({"what": "avi"}, "what is \"avi\"; it must be one of gif, mp4"),
        ({"path": "../x"}, "path is '../x'; it must be a word"),
        ({"what": "picture"}, "latents holds 64 numbers; it must hold 1 to 1 latents of 8"),
        ({"what": "sheet", "columns": 3}, "columns is 3; 8 pictures do not fill whole rows of it"),
        ({"what": "sheet"}, "columns is left out; a sheet of 8 pictures needs it"),
        ({"what": "triangle", "columns": 4}, "columns is 4; 8 pictures do not fill rows of 1, 2"),
        ({"frames": 240, "scale": 32, "name": "mnist-like"}, "million; at most 100 are made. Choose a smaller scale"),
    ],
)  # fmt: skip
def test_an_unusable_film_is_refused_in_words(web: TestClient, more: dict[str, Any], words: str) -> None:
    name, frames = more.pop("name", "tiny-8d"), more.pop("frames", 8)
    latents = np.zeros((frames, store.model(name).latent_dim))
    answer = ask(web, "film", name, **({"what": "gif", "latents": text_of(latents)} | more))
    assert answer.status_code == 400 and words in answer.json()["message"]
