"""Taking away: each kind of file over HTTP, what is refused, and that a hand is served meanwhile."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

import store
from live.answers import Refused
from live.export_files import export_file
from live.export_request import read_request
from live.protocol import Kind
from tests.films import read_gif, read_mp4
from tests.live.conftest import LiveClient, latents_bytes, live_client
from tests.tiny import tiny_checkpoint
from tools.running_app import RunningApp
from vae_core.latent import traverse, traverse_loop

PROJECT = Path(__file__).resolve().parents[2]
LATENT = np.float32([0.1, -1.7])


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, live_root: Path, live_server) -> Iterator[httpx.Client]:
    """A client of a really running server; the test computes with the same models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))
    with httpx.Client(base_url=live_server.url, timeout=60) as client:
        yield client


def ask(web: httpx.Client, name: str = "tiny-2d", latent: Any = LATENT, **wanted: Any) -> httpx.Response:
    """What the server answers; `latent` as an array or a list."""
    content = {"latent": np.asarray(latent).tolist(), **wanted}
    return web.post(f"/live/export/{name}/{store.model(name).weights}", json=content)


def file_of(response: httpx.Response, media_type: str, name: str) -> bytes:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    return response.content


def pixels(content: bytes) -> np.ndarray:
    found = np.asarray(Image.open(io.BytesIO(content)))
    return found if found.ndim == 3 else found[:, :, None]


@pytest.mark.parametrize(("name", "dimensions"), [("tiny-2d", 2), ("tiny-colour", 4)])
def test_a_png_is_the_picture_of_the_socket_with_each_pixel_a_square(
    web: httpx.Client, client: LiveClient, name: str, dimensions: int
) -> None:
    latent = np.linspace(-1, 2, dimensions, dtype=np.float32)
    large = pixels(file_of(ask(web, name, latent, what="png", scale=5), "image/png", f"{name}.png"))
    reply = client.ask(kind=Kind.DECODE, model=name, body=latents_bytes(latent))
    seen = np.frombuffer(reply.body, np.uint8).reshape(reply.options["shape"])
    np.testing.assert_array_equal(large, seen.repeat(5, axis=0).repeat(5, axis=1))
    smooth = pixels(ask(web, name, latent, what="png", scale=5, smooth=True).content)
    assert smooth.shape == large.shape and (smooth != large).any()


def test_the_json_brings_the_latent_back_bit_for_bit(web: httpx.Client) -> None:
    latent = np.float32([np.float32(1) / 3, -1e-30])
    names = {"1": "Neigung “α”"}
    facts = json.loads(file_of(ask(web, latent=latent, what="json", names=names), "application/json", "tiny-2d.json"))
    assert np.float32(facts.pop("latent")).tobytes() == latent.tobytes()
    weights = store.model("tiny-2d").weights
    assert facts == {"model": "tiny-2d", "weights": weights, "label": None, "names": names}


def test_the_program_of_a_shipped_model_makes_the_picture_of_the_socket_again(
    monkeypatch: pytest.MonkeyPatch, app_server: RunningApp, tmp_path: Path
) -> None:
    monkeypatch.delenv("LATENT_EXPLORER_CHECKPOINTS", raising=False)
    model = store.model("mnist-16d")
    latent = model.latents.mean[7] + np.float32(0.1)
    with httpx.Client(base_url=app_server.url, timeout=60) as shipped, live_client(app_server.url) as socket:
        asked = ask(shipped, "mnist-16d", latent, what="python", scale=3, names={"0": "slant"})
        reply = socket.ask(kind=Kind.DECODE, model="mnist-16d", body=latents_bytes(latent))
    program = file_of(asked, "text/x-python; charset=utf-8", "mnist-16d.py")
    assert b"# z1: slant" in program
    (tmp_path / "again.py").write_bytes(program)
    (tmp_path / "checkpoints").symlink_to(PROJECT / "checkpoints", target_is_directory=True)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "again.py"], cwd=tmp_path, env=environment, check=True)
    made = pixels((tmp_path / "mnist-16d.png").read_bytes()).astype(int)
    seen = np.frombuffer(reply.body, np.uint8).reshape(reply.options["shape"])
    assert np.abs(made - seen.repeat(3, axis=0).repeat(3, axis=1)).max() <= 1
    assert made.max() > 128, "it shows a digit"


def run_program(program: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the program in this process, in a folder that holds `checkpoints`."""
    (folder / "again.py").write_bytes(program)
    monkeypatch.chdir(folder)
    runpy.run_path("again.py", run_name="__main__")


@pytest.mark.parametrize(("name", "smooth"), [("tiny-2d", False), ("tiny-colour", True)])
def test_the_program_makes_exactly_the_png(
    web: httpx.Client, live_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, smooth: bool
) -> None:
    latent = np.linspace(-1, 2, store.model(name).latent_dim, dtype=np.float32)
    (tmp_path / "checkpoints").symlink_to(live_root, target_is_directory=True)
    run_program(ask(web, name, latent, what="python", scale=5, smooth=smooth).content, tmp_path, monkeypatch)
    made = pixels((tmp_path / f"{name}.png").read_bytes()).astype(int)
    sent = pixels(ask(web, name, latent, what="png", scale=5, smooth=smooth).content)
    assert np.abs(made - sent).max() <= 1


def test_the_program_refuses_other_weights(web: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = ask(web, what="python").content
    tiny_checkpoint(tmp_path / "checkpoints", "tiny-2d", seed=5)
    with pytest.raises(SystemExit, match=r"this latent belongs to [0-9a-f]{16}\. Under other weights it means another"):
        run_program(program, tmp_path, monkeypatch)
    assert not (tmp_path / "tiny-2d.png").exists()


def test_a_gif_of_one_dimension_goes_there_and_back(web: httpx.Client) -> None:
    response = ask(
        web, what="gif", dimensions=[1], low_high=[[-3, 2]], frames=12, fps=20, scale=3, names={"1": "slant"}
    )
    film = read_gif(file_of(response, "image/gif", "tiny-2d-z2.gif"))
    swept = traverse_loop(LATENT, [1], [[-3, 2]], 12)
    expected = store.model("tiny-2d").decode(swept.latents[0]).repeat(3, axis=1).repeat(3, axis=2)
    np.testing.assert_array_equal(film.frames, np.repeat(expected, 3, axis=3))
    assert film.durations == [50] * 12


def test_a_film_of_all_dimensions_shows_them_side_by_side_or_one_after_the_other(web: httpx.Client) -> None:
    model = store.model("tiny-8d")
    latent = np.linspace(-1, 1, 8, dtype=np.float32)
    swept = traverse_loop(latent, None, model.ranges, 8)
    row = read_gif(file_of(ask(web, "tiny-8d", latent, what="gif", frames=8, layout="sequence", scale=1), "image/gif",
                           "tiny-8d-traversal.gif"))  # fmt: skip
    expected = model.decode(swept.latents.reshape(-1, 8))
    changes = 1 + (np.diff(expected.astype(int), axis=0) != 0).any(axis=(1, 2, 3)).sum()
    assert len(row.frames) == changes, "every frame that differs from the one before"
    np.testing.assert_array_equal(row.frames[0], expected[0].repeat(3, axis=2))
    np.testing.assert_array_equal(row.frames[-1], expected[-1].repeat(3, axis=2))
    grid = read_gif(ask(web, "tiny-8d", latent, what="gif", frames=8, scale=1, captions=False).content)
    assert grid.frames.shape == (8, 3 * 8 + 4, 3 * 8 + 4, 3)
    for number in range(8):
        top, left = 10 * (number // 3), 10 * (number % 3)
        shown = grid.frames[:, top : top + 8, left : left + 8, :1]
        np.testing.assert_array_equal(shown, model.decode(swept.latents[number]))


@pytest.mark.parametrize(("name", "scale"), [("tiny-2d", 1), ("tiny-2d", 7), ("tiny-colour", 8)])
def test_an_mp4_plays_what_the_model_draws(web: httpx.Client, name: str, scale: int) -> None:
    model = store.model(name)
    latent = np.zeros(model.latent_dim, dtype=np.float32)
    response = ask(web, name, latent, what="mp4", dimensions=[0], frames=10, fps=25, scale=scale)
    film = read_mp4(file_of(response, "video/mp4", f"{name}-z1.mp4"))
    swept = traverse_loop(latent, [0], model.ranges[:1], 10)
    expected = model.decode(swept.latents[0])
    height, width = scale * expected.shape[1], scale * expected.shape[2]
    assert film.frames.shape == (10, height + height % 2, width + width % 2, 3) and "25 fps" in film.stream
    middles = film.frames[:, scale // 2 : height : scale, scale // 2 : width : scale]  # colours blend at the edges
    assert np.abs(middles.astype(int) - expected).mean() < 4


def test_a_sheet_has_a_row_per_dimension_and_a_column_per_step(web: httpx.Client) -> None:
    model = store.model("tiny-2d")
    asked = {"what": "sheet", "low_high": [[-2, 2], [-1, 3]], "frames": 5, "scale": 4}
    bare = pixels(file_of(ask(web, **asked, captions=False), "image/png", "tiny-2d-sheet.png"))
    swept = traverse(LATENT, None, [[-2, 2], [-1, 3]], 5)
    expected = model.decode(swept.latents.reshape(-1, 2)).reshape(2, 5, 8, 8).transpose(0, 2, 1, 3).reshape(16, 40)
    np.testing.assert_array_equal(bare[:, :, 0], expected.repeat(4, axis=0).repeat(4, axis=1))
    named = pixels(ask(web, **asked, names={"0": "slant"}).content)
    assert named.shape[0] > bare.shape[0] and named.shape[1] > bare.shape[1]
    other = pixels(ask(web, **asked, names={"0": "width"}).content)
    assert (named[:20, :40] != other[:20, :40]).any() if named.shape == other.shape else True
    assert file_of(ask(web, **{**asked, "dimensions": [1], "low_high": None}), "image/png", "tiny-2d-z2-sheet.png")


def test_a_class_is_locked_through_a_traversal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "conditional", model={"classes": 10})
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    model = store.model("conditional")
    asked = {"what": "gif", "latent": [0, 0], "dimensions": [0], "frames": 8, "scale": 1, "label": 7}
    film = read_gif(export_file(model, read_request(json.dumps(asked).encode(), model)).content)
    swept = traverse_loop(np.zeros(2), [0], model.ranges[:1], 8)
    np.testing.assert_array_equal(film.frames[..., :1], model.decode(swept.latents[0], 7))
    assert (model.decode(swept.latents[0], 7) != model.decode(swept.latents[0], 6)).any()
    program = export_file(model, read_request(json.dumps({**asked, "what": "python"}).encode(), model)).content
    (tmp_path / "checkpoints").symlink_to(tmp_path, target_is_directory=True)
    run_program(program, tmp_path, monkeypatch)
    made = pixels((tmp_path / "conditional.png").read_bytes()).astype(int)
    assert np.abs(made - model.decode(np.zeros((1, 2)), 7)[0]).max() <= 1
    for label, reason, words in (
        (None, "no-label", "conditional is conditional on 10 classes. Send one of 0 to 9."),
        (10, "bad-label", "label is 10; conditional knows the classes 0 to 9. Choose one."),
        (True, "bad-label", "label is true; "),
    ):
        with pytest.raises(Refused, match=words) as refused:
            read_request(json.dumps({**asked, "label": label}).encode(), model)
        assert (refused.value.status, refused.value.reason) == (400, reason)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no kind": ({"what": None}, "bad-request", "what is null; it must be one of png, json, python, gif, mp4, sheet."),
    "unknown kind": ({"what": "svg"}, "bad-request", 'what is "svg"'),
    "unknown field": ({"size": 3}, "bad-request", 'The request has "size"; it may have captions, dimensions'),
    "scale 0": ({"scale": 0}, "bad-request", "scale is 0; it must be a whole number from 1 to 32."),
    "scale 33": ({"scale": 33}, "bad-request", "scale is 33;"),
    "half a scale": ({"scale": 1.5}, "bad-request", "scale is 1.5;"),
    "scale true": ({"scale": True}, "bad-request", "scale is true;"),
    "smooth 1": ({"smooth": 1}, "bad-request", "smooth is 1; it must be true or false."),
    "7 frames": ({"frames": 7}, "bad-request", "frames is 7; it must be a whole number from 8 to 240."),
    "241 frames": ({"frames": 241}, "bad-request", "frames is 241;"),
    "2 columns": ({"what": "sheet", "frames": 2}, "bad-request", "frames is 2; it must be a whole number from 3 to"),
    "fps 0": ({"fps": 0}, "bad-request", "fps is 0; it must be a number from 1 to 50."),
    "fps NaN": ({"fps": float("nan")}, "bad-request", "fps is NaN;"),
    "no latent": ({"latent": None}, "bad-shape", "latent is null; tiny-2d takes a list of 2 numbers."),
    "long latent": ({"latent": [0, 0, 0]}, "bad-shape", "latent is 3 numbers; tiny-2d takes a list of 2 numbers."),
    "NaN": ({"latent": [0, float("nan")]}, "not-finite", "A latent is NaN or infinite; all must be finite."),
    "far out": ({"latent": [0, 10**400]}, "out-of-range", "at most 10000 to each side of 0 are taken."),
    "half a pair": ({"what": "\ud800"}, "bad-request", 'what is "\ud800"; it must be one of'),
    "a text": ({"latent": [0, "1"]}, "bad-request", 'A latent is "1"; it must be a number.'),
    "label": ({"label": 3}, "bad-label", "label is 3; tiny-2d is not conditional. Leave it out."),
    "dimension 2": ({"dimensions": [2]}, "bad-request", "dimensions is [2]; it must be a list of different numbers"),
    "twice": ({"dimensions": [1, 1]}, "bad-request", "dimensions is [1, 1];"),
    "no dimension": ({"dimensions": []}, "bad-request", "dimensions is [];"),
    "one range": ({"low_high": [[0, 1]]}, "bad-request", "one [lowest, highest] for each of the 2 dimensions."),
    "a range of one": ({"low_high": [[0], [0, 1]]}, "bad-request", "low_high is [[0], [0, 1]];"),
    "upside down": ({"low_high": [[1, 0], [0, 1]]}, "bad-request", "low_high holds [1, 0]; the lowest must be below"),
    "infinite range": ({"low_high": [[0, float("inf")], [0, 1]]}, "not-finite", "An end of low_high is NaN"),
    "layout": ({"layout": "row"}, "bad-request", 'layout is "row"; it must be one of grid, sequence.'),
    "names": ({"names": {"2": "x"}}, "bad-request", 'names has "2"; its keys are dimensions from 0 to 1.'),
    "long name": ({"names": {"0": "x" * 41}}, "bad-request", "it must have 1 to 40 printable characters."),
    "line in a name": ({"names": {"0": "a\nb"}}, "bad-request", "The name of dimension 0 is"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_made_is_said_in_a_sentence(web: httpx.Client, case: str) -> None:
    change, reason, words = REFUSED[case]
    content = json.dumps({"what": "gif", "latent": [0, 0], **change})
    response = web.post(f"/live/export/tiny-2d/{store.model('tiny-2d').weights}", content=content)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/json")
    body = response.json()
    assert set(body) == {"reason", "message"} and body["reason"] == reason
    assert words in body["message"]


def test_what_is_too_large_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "wide", image_shape=(1, 8, 128), latent_dim=300, count=2, evaluation=False)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    model = store.model("wide")
    monkeypatch.setattr(store.LoadedModel, "decode", lambda *_: pytest.fail("it was decoded"))

    def words(what: str, **asked: Any) -> str:
        content = json.dumps({"what": what, "latent": [0] * 300, **asked}).encode()
        with pytest.raises(Refused) as refused:
            list(export_file(model, read_request(content, model)).content)
        assert (refused.value.status, refused.value.reason) == (400, "file-too-large")
        return str(refused.value)

    for what in ("gif", "mp4", "sheet"):
        assert "300 dimensions in 48 frames are 14,400 pictures; at most 4,096 are made" in words(what, frames=48)
    few = list(range(9))
    film = words("gif", frames=40, scale=32, dimensions=few)
    assert "The film would have 377 million pixels in all; at most 100 are made. Choose a smaller scale" in film
    sheet = words("sheet", frames=9, scale=32, dimensions=few)
    assert "The picture would have 85 million pixels; at most 32 are made." in sheet
    wide = words("mp4", frames=8, scale=32, dimensions=few)
    assert "A frame would be 12292 × 814 pixels; an MP4 has at most 4,096 to a side. Choose a smaller scale" in wide


def test_what_is_no_json_or_too_long_is_refused(web: httpx.Client) -> None:
    address = f"/live/export/tiny-2d/{store.model('tiny-2d').weights}"
    for content, status, reason in (
        (b"", 400, "bad-request"),
        (b"\xff\xfe", 400, "bad-request"),
        (b"[" * 100_000, 400, "bad-request"),
        (b"[1]", 400, "bad-request"),
        (b" " * 300_000, 413, "too-large"),
    ):
        response = web.post(address, content=content)
        assert (response.status_code, response.json()["reason"]) == (status, reason)


def test_unknown_models_old_weights_and_foreign_pages_are_refused(web: httpx.Client) -> None:
    content = {"what": "png", "latent": [0, 0]}
    weights = store.model("tiny-2d").weights
    missing = web.post(f"/live/export/nobody/{weights}", json=content)
    assert (missing.status_code, missing.json()["reason"]) == (404, "unknown-model") and "nobody" in missing.text
    old = web.post("/live/export/tiny-2d/0000000000000000", json=content)
    assert (old.status_code, old.json()["reason"], old.json()["weights"]) == (410, "stale-weights", weights)
    address = f"/live/export/tiny-2d/{weights}"
    foreign = web.post(address, json=content, headers={"Origin": "http://evil.example"})
    assert (foreign.status_code, foreign.json()["reason"]) == (403, "bad-origin")
    own = web.post(address, json=content, headers={"Origin": str(web.base_url).rstrip("/")})
    assert own.status_code == 200
    assert web.get(address).status_code == 404


def test_a_hand_is_served_while_a_file_is_made(web: httpx.Client, client: LiveClient) -> None:
    done: list[httpx.Response] = []
    asked = {"what": "mp4", "frames": 24, "scale": 4}
    maker = threading.Thread(target=lambda: done.append(ask(web, "slow", np.zeros(4), **asked)))
    client.ask(kind=Kind.DECODE, model="tiny-2d", body=latents_bytes(LATENT))
    maker.start()
    served = 0
    while maker.is_alive():
        assert client.ask(kind=Kind.DECODE, model="tiny-2d", body=latents_bytes(LATENT)).kind == Kind.DECODE
        served += 1
    maker.join()
    assert done[0].status_code == 200, done[0].text
    assert served >= 20, "the socket stood still while the file was made"
