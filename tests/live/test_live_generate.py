"""Draws of many latents, pictures drawn from p(x|z), and the ZIP with its manifest, over the live path."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import jobs
import store
from jobs import copies_task as copies_task_module
from jobs.copies_task import copies_task
from live import copies
from live.compute import answer, decode_request
from live.pace import Pace
from live.protocol import BadMessage, Kind, Message
from tests.live.conftest import take_apart
from tests.live.lists import coded, decoded
from tests.live.starting import live_web, refusal
from tests.tiny import tiny_checkpoint


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, started: Path) -> Iterator[TestClient]:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))
    with live_web() as client:
        yield client


def place(room: str, name: str = "tiny-8d", query: str = "") -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{query}"


def drawn(web: TestClient, name: str, query: str) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    found = web.get(place("draws", name, query)).json()
    return decoded(found["centres"], found["latent_dim"]), decoded(found["offsets"], found["latent_dim"]), found


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("tiny-8d", "?count=5&seed=3", "the prior (Standard normal)"),
        ("mixed", "?count=5&seed=3", "the prior (Gaussian mixture)"),
        ("tiny-8d", "?from=mixture&count=5&seed=3", "2 normal densities fitted to 1,258 posterior means of the train"),
    ],
)
def test_a_draw_is_known_at_every_temperature(web: TestClient, name: str, query: str, words: str) -> None:
    centres, offsets, found = drawn(web, name, query)
    assert len(centres) == found["count"] == 5 and words in found["words"]
    if "mixture" not in query:
        for temperature in (0.0, 0.5, 1.0, 1.7):
            wanted = store.model(name).sample_prior(5, 3, temperature)
            np.testing.assert_allclose(centres + np.float32(temperature) * offsets, wanted, atol=1e-5)
    again, other = drawn(web, name, query), drawn(web, name, query.replace("seed=3", "seed=4"))
    assert np.array_equal(again[1], offsets) and not np.array_equal(other[1], offsets)


@pytest.mark.parametrize(
    ("name", "query", "refused"),
    [
        ("tiny-8d", "?from=attic", (400, "bad-parameter")),
        ("tiny-8d", "?count=257", (400, "bad-parameter")),
        ("tiny-8d", "?seed=-1", (400, "bad-seed")),
        ("tiny-8d", "?seed=9223372036854775808", (400, "bad-seed")),
        ("tiny-2d", "?from=mixture", (404, "no-density")),
    ],
)
def test_draws_that_cannot_be(web: TestClient, name: str, query: str, refused: tuple[int, str]) -> None:
    assert refusal(web.get(place("draws", name, query))) == refused


def message(model: store.LoadedModel, latents: np.ndarray, **options: Any) -> Message:
    body = memoryview(np.asarray(latents, dtype="<f4").tobytes())
    return Message(Kind.DRAW, 1, len(latents), model.name, None, "", body, options)


def test_a_picture_is_drawn_by_its_seed_and_class(monkeypatch: pytest.MonkeyPatch, started: Path) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))
    model = store.model("by-class")
    latents = np.random.default_rng(0).standard_normal((3, model.latent_dim)).astype(np.float32)
    replies = [
        take_apart(answer(message(model, latents, seed=seed, labels=[1, 2, 2]), model, Pace())) for seed in (5, 5, 6)
    ]
    assert replies[0].options["shape"] == [8, 8, 1] and len(replies[0].body) == 3 * 64
    assert replies[0].body == replies[1].body != replies[2].body
    assert replies[0].body == model.draw(latents, 5, np.array([1, 2, 2])).tobytes()
    assert decode_request(message(model, latents, labels=[1, 2, 2]), model)[1].tolist() == [1, 2, 2]
    for options in ({"labels": [1, 2]}, {"labels": "12"}, {"seed": -1}, {"seed": 2**53}):
        with pytest.raises(BadMessage) as refused:
            answer(message(model, latents, **options), model, Pace())
        assert refused.value.reason == "bad-options"
    with pytest.raises(BadMessage) as refused:
        answer(message(model, latents, labels=[1, 2, 10]), model, Pace())
    assert refused.value.reason == "bad-label"


def test_a_model_without_a_likelihood_draws_no_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiny_checkpoint(tmp_path, "cost", likelihood="cross-entropy", count=20, evaluation=False)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    with pytest.raises(BadMessage) as refused:
        answer(message(store.model("cost"), np.zeros((1, 2))), store.model("cost"), Pace())
    assert refused.value.reason == "no-likelihood" and "Show the mean" in str(refused.value)
    with live_web() as web:
        answered = web.post(place("samples", "cost"), json={"latents": coded([[0, 0]]), "shown": "draw"})
    assert refusal(answered) == (400, "bad-request")


def test_samples_are_taken_away_with_all_that_makes_them_again(web: TestClient) -> None:
    model = store.model("by-class")
    latents = np.random.default_rng(1).standard_normal((3, model.latent_dim)).astype(np.float32)
    facts = {"labels": [4, 0, 4], "temperature": 0.75, "seed": 9, "source": "prior", "draws": [0, 7, 9]}
    answered = web.post(place("samples", "by-class"), json={"latents": coded(latents), **facts})
    assert answered.headers["content-disposition"] == 'attachment; filename="by-class-samples.zip"'
    with zipfile.ZipFile(io.BytesIO(answered.content)) as archive:
        assert archive.namelist() == ["000.png", "001.png", "002.png", "manifest.json"]
        pictures = [np.asarray(Image.open(io.BytesIO(archive.read(f"{number:03d}.png")))) for number in range(3)]
        manifest = json.loads(archive.read("manifest.json"))
    np.testing.assert_array_equal(pictures, model.decode(latents, np.array([4, 0, 4]))[..., 0])
    assert (manifest["model"], manifest["weights"], manifest["seed"]) == ("by-class", model.weights, 9)
    assert (manifest["temperature"], manifest["source"], manifest["shown"]) == (0.75, "prior", "mean")
    assert [(each["class"], each["draw"]) for each in manifest["samples"]] == [("4", 0), ("0", 7), ("4", 9)]
    np.testing.assert_array_equal(np.float32([each["latent"] for each in manifest["samples"]]), latents)


def test_drawn_samples_are_those_of_the_socket(web: TestClient) -> None:
    model, latents = store.model("tiny-8d"), np.ones((2, 8), np.float32)
    asked = {"latents": coded(latents), "shown": "draw", "pixel_seed": 11}
    with zipfile.ZipFile(io.BytesIO(web.post(place("samples"), json=asked).content)) as archive:
        picture = np.asarray(Image.open(io.BytesIO(archive.read("001.png"))))
        assert json.loads(archive.read("manifest.json"))["pixel_seed"] == 11
    np.testing.assert_array_equal(picture, model.draw(latents, 11)[1, :, :, 0])


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({}, (400, "bad-request")),
        ({"latents": "?"}, (400, "bad-request")),
        ({"latents": coded([1, 2, 3])}, (400, "bad-shape")),
        ({"latents": coded(np.zeros((257, 8)))}, (400, "bad-shape")),
        ({"latents": coded([[np.nan] * 8])}, (400, "not-finite")),
        ({"latents": coded([[2e4] * 8])}, (400, "out-of-range")),
        ({"latents": coded([[0] * 8]), "labels": [1]}, (400, "bad-label")),
        ({"latents": coded([[0] * 8]), "shown": "dream"}, (400, "bad-request")),
        ({"latents": coded([[0] * 8]), "draws": [256]}, (400, "bad-request")),
        ({"latents": coded([[0] * 8]), "temperature": "hot"}, (400, "bad-request")),
    ],
)
def test_samples_that_cannot_be_taken_away(web: TestClient, asked: dict, refused: tuple[int, str]) -> None:
    assert refusal(web.post(place("samples"), json=asked)) == refused


class DoneJob:
    """A job that is over at once."""

    state, message, sentence, progress, seconds_left, partial = "done", "", "", 1.0, None, None

    def __init__(self, found: Any) -> None:
        self.found = found

    def result(self, _seconds: float) -> Any:
        return self.found


def test_the_nearest_training_image_comes_with_words(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def submit(task: str, **arguments: Any) -> DoneJob:
        assert task == "copies_task"
        return DoneJob(copies_task(**arguments, report=lambda *said: told.append(said)))

    monkeypatch.setattr(jobs, "submit", submit)
    latents = np.random.default_rng(2).standard_normal((3, 8)).astype(np.float32)
    found = web.post(place("copies"), json={"latents": coded(latents)}).json()
    assert found["state"] == "ready" and found["shape"] == [8, 8, 1] and len(found["rows"]) == 3
    images = decoded_images(found["images"])
    pictures = store.model("tiny-8d").decode(latents)
    gaps = np.sqrt(np.square((images.astype(float) - pictures) / 255).mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(found["distances"], gaps, atol=1e-5)
    assert all(words.startswith(("No copy: ", "Perhaps a copy: ")) for words in found["words"])
    assert found["typical"] > 0 and told[-1][1].startswith("Comparing with training image")


def test_the_scale_of_copies_is_measured_once_for_all_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "checkpoints"
    tiny_checkpoint(root, "tiny")
    compared: list[int] = []
    nearest = copies_task_module.nearest_images

    def counted(pictures: np.ndarray, parts: Any) -> Any:
        compared.append(len(pictures))
        return nearest(pictures, parts)

    monkeypatch.setattr(copies_task_module, "nearest_images", counted)
    latents = np.zeros((2, 2), np.float32)

    def found() -> tuple[float, list[str]]:
        answer = copies_task(root, "tiny", latents, None, report=lambda *_: None)
        return answer.typical, answer.words

    first = found()
    [kept] = (tmp_path / "cache" / "scales").iterdir()
    assert found() == first
    kept.write_bytes(b"damaged")
    assert found() == first
    assert compared[1] == 2 < compared[0] == compared[2], "with what is kept only the pictures themselves are compared"


def decoded_images(text: str) -> np.ndarray:
    import base64

    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 8, 8, 1)


def test_without_the_training_images_a_copy_cannot_be_told(web: TestClient) -> None:
    asked = {"latents": coded(np.zeros((1, store.model("tiny-colour").latent_dim)))}
    answered = web.post(place("copies", "tiny-colour"), json=asked)
    assert refusal(answered) == (400, "unfit-source")
    assert "whether a picture is a copy cannot be told" in answered.json()["message"]
    assert copies.LARGEST_BODY > 256 * 512 * 4 * 4 / 3
