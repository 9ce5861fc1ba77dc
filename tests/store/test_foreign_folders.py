"""A stranger's folder among the checkpoints must not take a page down: every page lists models and runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import jobs
import store
from vae_core.training.run_folder import read_status

TOO_LONG = "9" * 5_000  # more figures than Python turns into a number


@pytest.mark.parametrize("file", ["config.json", "evaluation.json"])
def test_a_number_too_long_to_read_is_a_problem_of_that_folder_alone(root: Path, file: str) -> None:
    (root / "tiny-2d" / file).write_text(f'{{"format_version": {TOO_LONG}}}')
    listed = {summary.name: summary for summary in store.list_models()}
    assert listed["tiny-8d"].problem is None
    if file == "config.json":
        assert "cannot be read as JSON" in listed["tiny-2d"].problem


@pytest.mark.parametrize(
    "change",
    [
        {"heartbeat": None},
        {"pid": "1"},
        {"heartbeat": float("nan")},
        {"epoch": 1e300},
        {"message": 3},
        {"boot_id": None},
    ],
)
def test_a_status_with_a_field_of_another_type_is_no_run(root: Path, change: dict) -> None:
    fields = {"state": "running", "pid": 1, "process_started": "1", "boot_id": "x", "heartbeat": 1.0, **change}
    run = root / "tiny-2d" / "run"
    run.mkdir()
    (run / "status.json").write_text(json.dumps(fields))
    assert read_status(run.parent) is None
    assert [handle.name for handle in jobs.list_runs()] in ([], ["tiny-2d"])


def test_broken_scores_leave_the_model_usable(root: Path) -> None:
    (root / "tiny-2d" / "evaluation.json").write_text("{")
    assert store.model("tiny-2d").evaluation is None


def test_a_relative_folder_means_the_same_place_for_every_process(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(root.parent)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", root.name)
    here = store.checkpoints_root()
    os.chdir(tmp_path.parent)
    assert here == root.resolve()
