"""The list of runs over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from live.routes import routes
from store import write_run_notes
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def web(root: Path):
    with TestClient(Starlette(routes=routes())) as client:
        yield client


def test_runs_are_listed_those_under_way_first_with_what_is_noted(root: Path, web: TestClient) -> None:
    assert web.get("/live/runs").json() == {"runs": []}
    write_status(root / "over", replace(first_status("finished", 4, ""), epoch=4, message="Finished after 4 epochs."))
    write_status(root / "going", replace(first_status("running", 4, ""), epoch=1, seconds_left=9.5))
    (root / "model").mkdir()
    write_run_notes("over", 0, "The first", ["keep"], "")
    answer = web.get("/live/runs")
    assert answer.status_code == 200
    going, over = answer.json()["runs"]
    assert (going["name"], going["alive"], going["share_done"], going["seconds_left"]) == ("going", True, 0.25, 9.5)
    assert (over["name"], over["state"], over["title"], over["tags"]) == ("over", "finished", "The first", ["keep"])
    assert over["message"] == "Finished after 4 epochs."


def test_a_folder_that_leads_elsewhere_leaves_the_list_whole(root: Path, web: TestClient) -> None:
    elsewhere = root.parent / "elsewhere"
    write_status(elsewhere / "theirs", first_status("finished", 4, ""))
    write_status(root / "mine", first_status("finished", 4, ""))
    (root / "theirs").symlink_to(elsewhere / "theirs")
    answer = web.get("/live/runs")
    assert answer.status_code == 200 and "mine" in [run["name"] for run in answer.json()["runs"]]


def test_damaged_notes_leave_the_list_whole(root: Path, web: TestClient) -> None:
    write_status(root / "mine", first_status("finished", 4, ""))
    (root / "mine" / "notes").mkdir()
    (root / "mine" / "notes" / "run.json").write_text("{")
    (run,) = web.get("/live/runs").json()["runs"]
    assert (run["title"], run["tags"]) == ("", [])
