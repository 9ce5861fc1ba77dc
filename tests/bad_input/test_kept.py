"""Names, metadata, groups and directions that cannot be kept or found."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.bad_input.asking import post, weights_of
from tests.bad_input.rows import check
from tools.running_app import RunningApp


def test_names_over_somebody_elses_and_a_name_that_is_too_long(server: RunningApp) -> None:
    address = f"{server.url}/live/notes/tiny-2d/names"
    assert httpx.put(address, json={"revision": 0, "names": {"1": "slant"}}).status_code == 200
    second = httpx.put(address, json={"revision": 0, "names": {"1": "width"}})
    assert second.status_code == 409
    check("names over somebody else's", second.json()["message"])
    long = httpx.put(address, json={"revision": 1, "names": {"1": "x" * 41}})
    assert long.status_code == 400
    check("a name of 41 characters", long.json()["message"])
    assert httpx.get(address).json() == {"revision": 1, "names": {"1": "slant"}}


def test_metadata_that_does_not_fit(server: RunningApp, models: Path) -> None:
    notes = models / "tiny-2d" / "notes"
    notes.mkdir(exist_ok=True)
    address = f"{server.url}/live/source/tiny-2d/{weights_of(server)}/reference/columns"
    for tried, text in (
        ("metadata of the wrong length", "writer\n" + "a\n" * 5),
        ("metadata with a line too short", "writer,age\na,1\nb\n"),
    ):
        (notes / "metadata.csv").write_text(text)
        facts = httpx.get(address).json()
        assert {"label", "kl", "split"} <= {each["name"] for each in facts["columns"]}
        check(tried, facts["problems"][0])
    (notes / "metadata.csv").unlink()


def test_groups_that_cannot_be_kept(server: RunningApp, models: Path) -> None:
    address = f"{server.url}/live/notes/tiny-2d/groups"
    file = models / "tiny-2d" / "notes" / "groups.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"revision": 1')
    answer = httpx.get(address)
    assert answer.status_code == 500 and file.read_text() == '{"revision": 1'
    check("damaged groups", answer.json()["message"])
    file.unlink()
    answer = httpx.put(address, json={"revision": 0, "groups": [{"name": "a", "rows": [1, 99999]}]})
    assert answer.status_code == 400
    check("a group of rows that are not there", answer.json()["message"])
    assert httpx.put(address, json={"revision": 0, "groups": [{"name": "a", "rows": [1]}]}).status_code == 200
    answer = httpx.put(address, json={"revision": 0, "groups": []})
    assert answer.status_code == 409 and answer.json()["groups"][0]["name"] == "a"
    check("groups over somebody else's", answer.json()["message"])


BAD_DIRECTIONS = {
    "an empty group for a direction": (400, "one-place", {"having": {"rows": []}}),
    "a direction from a single class": (400, "one-place", {"having": {"labels": list("0123456789")}}),
    "a group that nobody named": (404, "one-place", {"having": {"group": "nobody"}}),
    "a direction of a model without stored latents": (404, "no-latents", {"having": {"labels": ["3"]}}),
}


@pytest.mark.parametrize("tried", BAD_DIRECTIONS)
def test_a_direction_that_cannot_be_found(tried: str, server: RunningApp) -> None:
    status, name, content = BAD_DIRECTIONS[tried]
    answer = post(server, "direction", name, **content)
    assert answer.status_code == status
    check(tried, answer.json()["message"])


def test_a_direction_that_cannot_be_kept(server: RunningApp) -> None:
    address = f"{server.url}/live/notes/tiny-2d/directions"
    vector = base64.b64encode(np.float32([1, 0, 0]).tobytes()).decode()
    made = {"name": "slant", "vector": vector, "span": 1, "weights": "0" * 16, "method": "means"}
    answer = httpx.put(address, json={"revision": 0, "directions": [{**made, "having": "a", "lacking": "b"}]})
    assert answer.status_code == 400 and httpx.get(address).json()["revision"] == 0
    check("a direction of another length than the model's", answer.json()["message"])
