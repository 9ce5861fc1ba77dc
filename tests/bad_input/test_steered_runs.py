"""Rows of docs/bad-input.md on runs: orders, requests, runs continued, looked at and removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import jobs
from jobs import RunRefused, RunRequest
from tests.bad_input.rows import check
from vae_core import ModelSettings, TrainingSettings
from vae_core.checkpoint import CheckpointError
from vae_core.data import load_images
from vae_core.training import EpochRecord, Order, TrainingError, give_order, read_snapshot, train_model
from vae_core.training.run_folder import first_status, write_status


def test_orders_that_cannot_be_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tried, given in {
        "an order that a run does not know": {"order": "jump"},
        "a learning rate of 0 for a run that goes": {"order": "set", "learning_rate": 0},
    }.items():
        with pytest.raises(TrainingError) as refusal:
            Order(**given)
        check(tried, str(refusal.value))
    with pytest.raises(TrainingError) as refusal:
        give_order(tmp_path / "gone", Order("stop"))
    assert not (tmp_path / "gone").exists()
    check("an order to a run whose folder is gone", str(refusal.value))
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    write_status(tmp_path / "capacity", first_status("running", 5, ""))
    with pytest.raises(RunRefused) as refused:
        jobs.order_run("capacity", Order("set", beta=2))
    check("a β for a run whose objective takes none", str(refused.value))


def test_requests_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    for tried, options in {
        "a setting that no run takes, in a request": {"colour": "red"},
        "a weight below 0 in a request": {"beta": "-2"},
    }.items():
        with pytest.raises(RunRefused) as refused:
            jobs.start_run(RunRequest("new", options=options))
        assert not (tmp_path / "new").exists()
        check(tried, str(refused.value))


def test_a_run_continued_looked_at_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    model = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(4,))
    training = TrainingSettings(epochs=2, batch_size=600, learning_rate=1e-3, patience=9)
    train_model(load_images("digits"), model, training, tmp_path / "short")
    with pytest.raises(RunRefused) as refused:
        jobs.continue_run("short", epochs=1)
    check("a run continued for fewer epochs than it has done", str(refused.value))
    with pytest.raises(CheckpointError) as missing:
        read_snapshot(tmp_path / "short", 7)
    check("an epoch without a snapshot", str(missing.value))

    def remove(_record: EpochRecord) -> None:
        shutil.rmtree(tmp_path / "removed")

    with pytest.raises(TrainingError) as ended:
        train_model(load_images("digits"), model, training, tmp_path / "removed", progress=remove)
    assert not (tmp_path / "removed").exists()
    check("a folder removed while its run goes", str(ended.value))
