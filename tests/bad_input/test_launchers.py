"""Rows of docs/bad-input.md: places to follow a run in, and engines to train it on, that are not there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.launchers import LauncherRefused, launched
from tests.bad_input.rows import check
from vae_core.__main__ import app
from vae_core.training import TrainingError
from vae_core.training.tracking import trackers


def test_a_place_to_follow_a_run_in_that_nobody_knows(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    done = CliRunner().invoke(app, ["train", "--log-to", "wandb", "--out", str(tmp_path / "run")])
    said = " ".join((done.output + capfd.readouterr().err).split())
    assert done.exit_code == 1 and not (tmp_path / "run").exists()
    check("a place to follow the run in that nobody knows", said)


def test_a_tracker_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers, "is_installed", lambda package: False)
    with pytest.raises(TrainingError) as refused:
        trackers.check_trackers(["mlflow"])
    check("TensorBoard or MLflow that is not installed", str(refused.value))


@pytest.mark.parametrize(
    ("tried", "launcher"), [("a launcher that nobody knows", "slurm"), ("Ray without an address", "ray")]
)
def test_a_launcher_that_cannot_be_used(tried: str, launcher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: object())
    with pytest.raises(LauncherRefused) as refused:
        launched(["python", "-m", "vae_core", "train"], {"LATENT_EXPLORER_LAUNCHER": launcher})
    check(tried, str(refused.value))
