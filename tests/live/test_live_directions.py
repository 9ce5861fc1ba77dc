"""Directions over the live path: of two groups, without labels, and those saved with a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

import jobs
import store
from jobs.direction_task import direction_task
from tests.live.lists import coded, decoded
from tests.live.starting import live_web, refusal
from tests.live.test_live_generate import DoneJob, place
from tests.tiny import tiny_checkpoint
from vae_core.latent import attribute_direction

SAVED = "/live/notes/tiny-8d/directions"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    tiny_checkpoint(tmp_path, "tiny-8d", latent_dim=8, count=200, evaluation=False)
    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, count=60, evaluation=False)
    tiny_checkpoint(tmp_path, "no-rows", latents=False, evaluation=False)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(
        jobs, "submit", lambda task, **told: DoneJob(direction_task(**told, report=lambda *_said: None))
    )
    with live_web() as client:
        yield client


def found(web: TestClient, **asked: Any) -> dict[str, Any]:
    answered = web.post(place("direction"), json=asked)
    assert answered.status_code == 200, answered.text
    return answered.json()


def test_a_direction_of_labels_is_that_of_the_core_and_says_how_good_it_is(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    rows = np.flatnonzero(np.isin(latents.label, (3, 5)))
    answer = found(web, having={"labels": ["3", "5"]})
    wanted = attribute_direction(latents.mean, rows)
    np.testing.assert_array_equal(decoded(answer["vector"], 8)[0], wanted.direction)
    assert answer["span"] == pytest.approx(wanted.span)
    assert answer["auc"] == pytest.approx(wanted.consistency.auc, abs=1e-5)
    assert answer["held_out"] == list(wanted.consistency.held_out)
    assert (answer["having"], answer["lacking"], answer["method"]) == ("label 3, 5", "all others", "means")


def test_a_direction_of_named_groups_and_rows_by_a_classifier_across_another(web: TestClient) -> None:
    groups = [{"name": "mine", "rows": list(range(0, 40))}]
    assert web.put("/live/notes/tiny-8d/groups", json={"revision": 0, "groups": groups}).status_code == 200
    across = decoded(found(web, having={"labels": ["1"]})["vector"], 8)[0]
    answer = found(
        web, having={"group": "mine"}, lacking={"rows": list(range(60, 120))}, method="classifier",
        orthogonal_to=[coded(across)],
    )  # fmt: skip
    vector = decoded(answer["vector"], 8)[0]
    assert abs(float(vector @ across)) < 1e-5 and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert (answer["having"], answer["lacking"]) == ("group mine", "60 chosen images")
    assert sum(answer["held_out"]) == 30


@pytest.mark.parametrize(
    ("asked", "refused", "words"),
    [
        ({}, (400, "bad-request"), "having must say which images"),
        ({"having": {"rows": []}}, (400, "too-few-rows"), "has no image"),
        ({"having": {"labels": []}}, (400, "too-few-rows"), "has no image"),
        ({"having": {"rows": [4]}}, (400, "too-few-rows"), "a direction needs 2 or more in each of two groups"),
        ({"having": {"labels": list("0123456789")}}, (400, "too-few-rows"), "The group (all others) has 0 of the 200"),
        ({"having": {"labels": ["x"]}}, (404, "no-such-label"), "Choose one"),
        ({"having": {"group": "nobody's"}}, (404, "no-such-group"), "select images on the map and name them"),
        ({"having": {"rows": [1, 999]}}, (404, "no-such-row"), "999"),
        ({"having": {"labels": "3"}}, (400, "bad-request"), "must be a list of texts"),
        ({"having": {"labels": ["3"]}, "method": "magic"}, (400, "bad-request"), "means, classifier"),
        ({"having": {"labels": ["3"]}, "orthogonal_to": ["!"]}, (400, "bad-request"), "base64"),
    ],
)
def test_groups_that_no_direction_is_made_of(
    web: TestClient, asked: dict, refused: tuple[int, str], words: str
) -> None:
    answered = web.post(place("direction"), json=asked)
    assert refusal(answered) == refused
    assert words in answered.json()["message"]


def test_a_model_without_stored_latents_says_so(web: TestClient) -> None:
    for answered in (
        web.post(place("direction", "no-rows"), json={"having": {"labels": ["3"]}}),
        web.get(place("axes", "no-rows")),
    ):
        assert refusal(answered) == (404, "no-reference")
        assert "train it again to get its reference set" in answered.json()["message"]


def test_axes_and_what_changes_the_picture_most(web: TestClient) -> None:
    answer = web.get(place("axes")).json()
    axes = decoded(answer["directions"], 8)
    np.testing.assert_allclose(axes @ axes.T, np.eye(8), atol=1e-5)
    assert answer["std"] == sorted(answer["std"], reverse=True) and sum(answer["explained"]) == pytest.approx(
        1, abs=1e-4
    )
    model, latent = store.model("tiny-8d"), np.full(8, 0.3, np.float32)
    answer = web.post(place("jacobian"), json={"latent": latent.tolist()}).json()
    directions, change = decoded(answer["directions"], 8), np.array(answer["change"])
    assert (np.diff(change) <= 1e-6).all() and sum(answer["share"]) == pytest.approx(1, abs=1e-4)
    steps = model.vae.decode_mean  # a small step along each changes the picture as much as it says
    import torch

    for direction, wanted in zip(directions[:3], change[:3], strict=True):
        ends = torch.from_numpy(np.stack([latent - 1e-2 * direction, latent + 1e-2 * direction]))
        one, other = steps(ends)
        assert float((other - one).norm()) / 2e-2 == pytest.approx(wanted, rel=0.02)


def test_a_jacobian_of_what_is_no_latent_is_refused(web: TestClient) -> None:
    assert refusal(web.post(place("jacobian"), json={"latent": [1, 2]})) == (400, "bad-shape")
    assert refusal(web.post(place("jacobian"), json={"latent": [0] * 8, "label": 1})) == (400, "bad-label")
    assert refusal(web.post(place("jacobian", "by-class"), json={"latent": [0, 0]})) == (400, "no-label")
    assert web.post(place("jacobian", "by-class"), json={"latent": [0, 0], "label": 3}).status_code == 200


def direction(name: str = "slant", **more: Any) -> dict[str, Any]:
    return {
        "name": name, "vector": coded([1, 0, 0, 0, 0, 0, 0, 0]), "span": 2.5, "weights": "0" * 16, "method": "means",
        "having": "label 3", "lacking": "all others", "orthogonal_to": [], "auc": 0.9, "cohens_d": None,
        "held_out": [30, 70], **more,
    }  # fmt: skip


def test_directions_are_saved_renamed_and_taken_away_with_a_revision(web: TestClient) -> None:
    assert web.get(SAVED).json() == {"revision": 0, "directions": []}
    answer = web.put(SAVED, json={"revision": 0, "directions": [direction(), direction("width", auc=None)]})
    assert answer.json() == {"revision": 1, "directions": [direction(), direction("width", auc=None)]}
    assert web.get(SAVED).json() == answer.json()
    second = web.put(SAVED, json={"revision": 0, "directions": []})
    assert refusal(second) == (409, "changed-meanwhile") and len(second.json()["directions"]) == 2
    assert web.put(SAVED, json={"revision": 1, "directions": [direction("tilt")]}).json()["revision"] == 2
    assert [each["name"] for each in web.get(SAVED).json()["directions"]] == ["tilt"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([direction(), direction()], "Two directions are called 'slant'"),
        ([direction("")], "1 to 40 printable characters"),
        ([direction(vector=coded([1, 0]))], "it must have 8, all finite"),
        ([direction(vector="!")], "no base64 of float32"),
        ([direction(vector=coded([2, 0, 0, 0, 0, 0, 0, 0]))], "a direction has length 1"),
        ([direction(span=0)], "The span of 'slant' is 0"),
        ([direction(auc=2)], "from 0 to 1"),
        ([direction(cohens_d=10**400)], "The cohens_d of 'slant'"),
        ([direction(weights="mine")], "16 hexadecimal digits"),
        ([direction(method="magic")], "means, classifier, analogy"),
        ([direction(held_out=[1])], "two whole numbers"),
        ([3], "must be an object"),
        ([direction(str(number)) for number in range(61)], "at most 60 directions"),
    ],
)
def test_directions_that_cannot_be_kept(web: TestClient, bad: list, words: str) -> None:
    answered = web.put(SAVED, json={"revision": 0, "directions": bad})
    assert refusal(answered) == (400, "bad-directions")
    assert words in answered.json()["message"]
    assert web.get(SAVED).json()["revision"] == 0


def test_an_infinite_figure_is_not_kept(web: TestClient) -> None:
    body = json.dumps({"revision": 0, "directions": [direction(cohens_d=1.0)]}).replace(
        '"cohens_d": 1.0', '"cohens_d": 1e999'
    )
    assert "1e999" in body and refusal(web.put(SAVED, content=body)) == (400, "bad-directions")
    assert web.get(SAVED).json() == {"revision": 0, "directions": []}


def test_notes_that_are_read_only_or_damaged_are_said(web: TestClient, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "read-only")
    assert refusal(web.put(SAVED, json={"revision": 0, "directions": [direction()]})) == (403, "read-only")
    (tmp_path / "tiny-8d" / "notes").mkdir(exist_ok=True)
    (tmp_path / "tiny-8d" / "notes" / "directions.json").write_text('{"revision": 1')
    answered = web.get(SAVED)
    assert refusal(answered) == (500, "broken-notes")
    assert "tiny-8d/notes/directions.json cannot be read" in answered.json()["message"]
