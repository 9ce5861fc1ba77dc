"""The names of dimensions over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from live.routes import routes
from tests.live.starting import refusal

ADDRESS = "/live/notes/tiny/names"


def test_names_are_written_read_and_written_again(web: TestClient) -> None:
    assert web.get(ADDRESS).json() == {"revision": 0, "names": {}}
    answer = web.put(ADDRESS, json={"revision": 0, "names": {"1": "slant"}})
    assert (answer.status_code, answer.json()) == (200, {"revision": 1, "names": {"1": "slant"}})
    assert web.get(ADDRESS).json() == answer.json()
    assert web.put(ADDRESS, json={"revision": 1, "names": {}}).json() == {"revision": 2, "names": {}}


def test_who_comes_second_gets_the_present_names(web: TestClient) -> None:
    web.put(ADDRESS, json={"revision": 0, "names": {"1": "slant"}})
    answer = web.put(ADDRESS, json={"revision": 0, "names": {"1": "width"}})
    assert answer.status_code == 409
    facts = answer.json()
    assert (facts["reason"], facts["revision"], facts["names"]) == ("changed-meanwhile", 1, {"1": "slant"})
    assert "then save again" in facts["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body must be JSON such as"),
        (b"[1, 2]", "The body must be JSON such as"),
        (b'{"names": {}}', "with the revision that was read"),
        (b'{"revision": true, "names": {}}', "with the revision that was read"),
        (b'{"revision": 0, "names": []}', "must be an object"),
        (b'{"revision": 0, "names": {"2": "a"}}', "the model has 0 to 1"),
        (b'{"revision": 0, "names": {"1": ""}}', "1 to 40 printable characters"),
    ],
)
def test_bad_names_are_refused_in_a_sentence(web: TestClient, body: bytes, words: str) -> None:
    answer = web.put(ADDRESS, content=body)
    assert refusal(answer) == (400, "bad-names")
    assert words in answer.json()["message"]


def test_reading_goes_on_where_notes_are_read_only(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "read-only")
    answer = web.put(ADDRESS, json={"revision": 0, "names": {"1": "slant"}})
    assert refusal(answer) == (403, "read-only")
    assert "LATENT_EXPLORER_NOTES=read-only" in answer.json()["message"]
    assert web.get(ADDRESS).json() == {"revision": 0, "names": {}}


def test_a_word_that_the_setting_does_not_know_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_NOTES", "maybe")
    with pytest.raises(ValueError, match="it must be read-only, writable or left out"):
        routes()


def test_a_page_of_elsewhere_may_not_write(web: TestClient) -> None:
    content = {"revision": 0, "names": {"1": "slant"}}
    answer = web.put(ADDRESS, json=content, headers={"Origin": "https://elsewhere.example"})
    assert refusal(answer) == (403, "bad-origin")
    assert web.get(ADDRESS).json()["revision"] == 0


def test_an_unknown_model_and_damaged_notes_are_said(web: TestClient, tmp_path: Path) -> None:
    content = {"revision": 0, "names": {}}
    for answer in (
        web.get("/live/notes/nobody/names"),
        web.put("/live/notes/nobody/names", json=content),
    ):
        assert refusal(answer) == (404, "unknown-model")
    assert web.get("/live/notes/..%2Ftiny/names").status_code == 404
    (tmp_path / "tiny" / "notes").mkdir()
    (tmp_path / "tiny" / "notes" / "names.json").write_text("{")
    answer = web.get(ADDRESS)
    assert refusal(answer) == (500, "broken-notes")
    assert "tiny/notes/names.json" in answer.json()["message"] and str(tmp_path) not in answer.text


def test_a_body_that_is_too_large_is_refused(web: TestClient) -> None:
    answer = web.put(ADDRESS, content=b" " * 300_000)
    assert refusal(answer) == (413, "too-large")
