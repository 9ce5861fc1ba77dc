"""Selections, groups, neighbours and search over HTTP."""

from __future__ import annotations

import base64
import csv
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import store
from live import selection
from tests.live.starting import live_web, refusal

GROUPS = "/live/notes/tiny-8d/groups"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_root: Path) -> TestClient:
    shutil.copytree(tiny_root, tmp_path / "checkpoints")
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path / "checkpoints"))
    with live_web() as client:
        yield client


def place(room: str, rest: str = "", name: str = "tiny-8d") -> str:
    return f"/live/{room}/{name}/{store.model(name).weights}{rest}"


def coded(rows) -> str:
    return base64.b64encode(np.asarray(rows, dtype="<u4").tobytes()).decode()


def test_a_summary_counts_and_averages(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    rows = [9, 3, 3, 40, 41]
    facts = web.post(place("selection"), json={"rows": coded(rows), "what": "summary"}).json()
    chosen = [3, 9, 40, 41]
    assert facts["count"] == 4 and sum(facts["labels"].values()) == 4 and facts["splits"] == {"test": 4}
    assert facts["labels"][str(latents.label[3])] == (latents.label[chosen] == latents.label[3]).sum()
    np.testing.assert_allclose(facts["mean"], latents.mean[chosen].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(facts["spread"], latents.mean[chosen].std(axis=0), rtol=1e-5)
    assert facts["kl"] == pytest.approx(latents.kl[chosen].mean())
    assert facts["class"] == np.bincount(latents.label[chosen]).argmax()


def test_a_table_has_a_line_for_each_image(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    answer = web.post(place("selection"), json={"rows": [5, 2], "what": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny-8d-selection.csv"'
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert (first["row"], first["name"], second["row"]) == ("2", "test-00002", "5")
    assert first["label"] == str(latents.label[2]) and first["split"] == "test"
    assert float(second["z8"]) == pytest.approx(latents.mean[5, 7], rel=1e-6)
    assert float(second["std1"]) == pytest.approx(latents.std[5, 0], rel=1e-6)
    assert float(second["kl"]) == pytest.approx(latents.kl[5], rel=1e-6)


def test_an_archive_holds_the_originals_and_says_so(web: TestClient) -> None:
    answer = web.post(place("selection"), json={"rows": [5, 2], "what": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["test-00002.png", "test-00005.png", "index.csv"]
        pixels = np.asarray(Image.open(io.BytesIO(archive.read("test-00005.png"))))
        lines = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode())))
    wanted, which = store.picture(store.model("tiny-8d"), 5)
    assert which == "original"
    np.testing.assert_array_equal(pixels, wanted[:, :, 0])
    assert [line["file"] for line in lines] == ["test-00002.png", "test-00005.png"]


def test_an_archive_without_the_data_holds_reconstructions_and_says_so(web: TestClient) -> None:
    answer = web.post(place("selection", name="tiny-colour"), json={"rows": [1], "what": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["reconstructions/test-00001.png", "index.csv"]


BAD = {
    "no kind": ({"rows": [1]}, 400, "bad-request", "what is 'None'; it must be one of summary, csv, zip"),
    "no rows": ({"what": "csv"}, 400, "bad-request", "rows must be a list"),
    "nothing": ({"what": "csv", "rows": []}, 400, "too-few-rows", "No image is selected"),
    "too far": ({"what": "csv", "rows": [10**7]}, 404, "no-such-row", "The row is 10000000"),
    "no source": ({"what": "csv", "rows": [1], "source": "attic"}, 404, "no-such-source", "'attic'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_selection_is_refused_in_a_sentence(web: TestClient, case: str) -> None:
    body, status, reason, words = BAD[case]
    answer = web.post(place("selection"), json=body)
    assert refusal(answer) == (status, reason) and words in answer.json()["message"]


def test_an_archive_of_too_many_is_refused(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_PICTURES", 3)
    answer = web.post(place("selection"), json={"rows": [1, 2, 3, 4], "what": "zip"})
    assert refusal(answer) == (400, "file-too-large")
    assert "4 images are selected; a zip file holds 3" in answer.json()["message"]


def test_a_group_is_named_read_and_found_after_a_restart(web: TestClient) -> None:
    assert web.get(GROUPS).json() == {"revision": 0, "source": "reference", "groups": []}
    wanted = {"revision": 0, "source": "reference", "groups": [{"name": "threes", "rows": coded([18, 30])}]}
    answer = web.put(GROUPS, json=wanted)
    shown = {"name": "threes", "source": "reference", "count": 2, "rows": [18, 30]}
    assert answer.json() == {"revision": 1, "source": "reference", "groups": [shown]}
    with live_web() as another:
        assert another.get(GROUPS).json() == answer.json()
    kept = web.put(GROUPS, json={"revision": 1, "groups": [{"name": "threes"}, {"name": "b", "rows": [1]}]}).json()
    assert kept["revision"] == 2 and kept["groups"][0] == shown


def test_who_comes_second_gets_the_present_groups(web: TestClient) -> None:
    web.put(GROUPS, json={"revision": 0, "groups": [{"name": "a", "rows": [1]}]})
    answer = web.put(GROUPS, json={"revision": 0, "groups": []})
    facts = answer.json()
    assert refusal(answer) == (409, "changed-meanwhile")
    assert facts["revision"] == 1 and [group["name"] for group in facts["groups"]] == ["a"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"groups": []}, "with the revision that was read"),
        ({"revision": 0, "groups": {}}, "with the revision that was read"),
        ({"revision": 0, "groups": [7]}, "A group must be an object"),
        ({"revision": 0, "groups": [{"name": "a", "rows": [99999]}]}, "The row is 99999"),
        ({"revision": 0, "groups": [{"name": "", "rows": [1]}]}, "1 to 40 printable characters"),
    ],
)
def test_bad_groups_are_refused_in_a_sentence(web: TestClient, body: dict, words: str) -> None:
    answer = web.put(GROUPS, json=body)
    assert refusal(answer) == (400, "bad-groups") and words in answer.json()["message"]


def test_groups_of_nobody_of_elsewhere_and_of_a_read_only_server(
    web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(web.get("/live/notes/nobody/groups")) == (404, "unknown-model")
    assert refusal(web.get(f"{GROUPS}?source=attic")) == (404, "no-such-source")
    body = {"revision": 0, "groups": [{"name": "a", "rows": [1]}]}
    assert refusal(web.put(GROUPS, json=body, headers={"Origin": "https://elsewhere.example"})) == (403, "bad-origin")
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "read-only")
    assert refusal(web.put(GROUPS, json=body)) == (403, "read-only")
    assert web.get(GROUPS).json()["revision"] == 0


def test_damaged_groups_are_named(web: TestClient, tmp_path: Path) -> None:
    notes = tmp_path / "checkpoints" / "tiny-8d" / "notes"
    notes.mkdir()
    (notes / "groups.json").write_text("{")
    answer = web.get(GROUPS)
    assert refusal(answer) == (500, "broken-notes")
    assert "tiny-8d/notes/groups.json" in answer.json()["message"] and str(tmp_path) not in answer.text


def test_neighbours_of_a_latent_and_of_a_row(web: TestClient) -> None:
    means = store.model("tiny-8d").latents.mean
    own = web.post(place("neighbours"), json={"latent": means[7].tolist(), "k": 3}).json()
    assert own["rows"][0] == 7 and own["distances"][0] == 0
    others = web.post(place("neighbours"), json={"row": 7}).json()
    assert len(others["rows"]) == 12 and others["rows"][:2] == own["rows"][1:]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"latent": [0] * 7}, 400, "bad-shape"),
        ({"latent": "a"}, 400, "bad-shape"),
        ({}, 400, "bad-shape"),
        ({"latent": [1e5] + [0] * 7}, 400, "out-of-range"),
        ({"latent": [10**400] + [0] * 7}, 400, "out-of-range"),
        ({"latent": [0] * 8, "k": 0}, 400, "bad-request"),
        ({"row": "7"}, 400, "bad-request"),
        ({"row": 99999}, 404, "no-such-row"),
        ({"row": 7, "source": "attic"}, 404, "no-such-source"),
    ],
)
def test_bad_neighbours_are_refused(web: TestClient, body: dict, status: int, reason: str) -> None:
    assert refusal(web.post(place("neighbours"), json=body)) == (status, reason)


def test_a_latent_of_nan_is_refused(web: TestClient) -> None:
    body = b'{"latent": [NaN, 0, 0, 0, 0, 0, 0, 0]}'
    assert refusal(web.post(place("neighbours"), content=body)) == (400, "not-finite")


def test_a_search_lists_rows_and_says_what_was_meant(web: TestClient) -> None:
    latents = store.model("tiny-8d").latents
    facts = web.get(place("search", "/reference?q=3")).json()
    assert facts["rows"][0] == 3 and set(facts["rows"][1:]) | {3} == {3, *np.flatnonzero(latents.label == 3).tolist()}
    assert [each["what"] for each in facts["matches"]] == ["number", "label"]
    assert web.get(place("search", "/reference?q=nothing-like-it")).json() == {"rows": [], "count": 0, "matches": []}
    for query in ("", "%20", "x" * 101):
        assert refusal(web.get(place("search", f"/reference?q={query}"))) == (400, "bad-parameter")


def test_a_table_gives_columns_names_and_files_and_says_what_is_wrong_with_it(web: TestClient, tmp_path: Path) -> None:
    count = len(store.model("tiny-8d").latents)
    notes = tmp_path / "checkpoints" / "tiny-8d" / "notes"
    notes.mkdir()
    lines = [f"../x{row}/same.png;{row / 3}" for row in range(count)]
    (notes / "metadata.csv").write_text("file;thick\n" + "\n".join(lines))
    facts = web.get(place("source", "/reference/columns")).json()
    assert facts["problems"] == [] and [each["kind"] for each in facts["columns"]][-2:] == ["text", "number"]
    values = np.frombuffer(web.get(place("source", "/reference/column/thick")).content, dtype="<f4")
    np.testing.assert_array_equal(values, np.float32(np.arange(count) / 3))
    posterior = web.get(place("posterior", "/reference/6")).json()
    assert posterior["name"] == "../x6/same.png" and posterior["metadata"] == {"file": "../x6/same.png", "thick": "2"}
    answer = web.post(place("selection"), json={"rows": [5, 6], "what": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["same.png", "same-6.png", "index.csv"], "no name leads out of the folder"
    (notes / "metadata.csv").write_text("file;thick\n" + "\n".join(lines[:-1]))
    facts = web.get(place("source", "/reference/columns")).json()
    assert f"has lines for {count - 1} images" in facts["problems"][0]
    assert "thick" not in [each["name"] for each in facts["columns"]]
    refused = web.get(place("source", "/reference/column/thick"))
    assert refusal(refused) == (404, "no-such-column")
