"""run/: the status that others read, a dead run recognised, requests to stop, and folders that are taken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny import tiny_checkpoint
from vae_core.data import load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import (
    Preview,
    RunStatus,
    TrainingError,
    read_preview,
    read_status,
    request_stop,
    train_model,
    write_status,
)
from vae_core.training import heartbeat as heartbeat_module
from vae_core.training import liveness as liveness_module
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.liveness import Beats, boot_id, process_start
from vae_core.training.run_folder import clear_stop, first_status, stop_requested, write_preview

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
TRAINING = TrainingSettings(epochs=1, batch_size=500, learning_rate=1e-3, seed=0, patience=1)


@pytest.fixture
def running() -> RunStatus:
    """The status of a run by this very process."""
    return replace(first_status("running", epochs=10, command="train"), epoch=3, step=5, steps=10)


def train(folder: Path, resume: bool = False, latent_dim: int = 2, batch_size: int = 500) -> None:
    """One quick epoch on the digits."""
    model = MODEL.model_copy(update={"latent_dim": latent_dim})
    training = TRAINING.model_copy(update={"batch_size": batch_size})
    train_model(load_images("digits"), model, training, folder, resume=resume)


def test_a_status_comes_back_as_it_was_written(tmp_path: Path, running: RunStatus) -> None:
    write_status(tmp_path, running)
    assert read_status(tmp_path) == running
    assert running.alive and running.share_done == pytest.approx(0.35)


def test_no_status_is_none_and_so_is_a_damaged_one(tmp_path: Path, running: RunStatus) -> None:
    assert read_status(tmp_path) is None
    (tmp_path / "run").mkdir()
    for damaged in ("", "{", "[1]", '{"state": "running"}', json.dumps(asdict(running) | {"state": "dreaming"})):
        (tmp_path / "run" / "status.json").write_text(damaged)
        assert read_status(tmp_path) is None


def test_a_killed_run_reads_as_failed(tmp_path: Path, running: RunStatus) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        theirs = replace(running, pid=child.pid, process_started=process_start(child.pid))
        write_status(tmp_path, theirs)
        assert read_status(tmp_path).state == "running"
    finally:
        child.kill()
    _wait_until(lambda: process_start(child.pid) == "")  # dead, though nobody has reaped it yet
    status = read_status(tmp_path)
    assert status.state == "failed"
    assert status.message.startswith("the process ended without a word; last heartbeat 20")
    child.wait()
    assert read_status(tmp_path).state == "failed"


def test_another_process_with_the_same_number_is_not_the_run(running: RunStatus) -> None:
    assert not replace(running, process_started="1").alive


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_an_hour_back_or_ahead_changes_nothing(running: RunStatus, hours: int) -> None:
    """Nor does a run that could not write for an hour since the disk was full: the process is there."""
    assert replace(running, heartbeat=time.time() + 3600 * hours).alive


def test_after_a_restart_of_the_machine_only_the_heartbeat_counts(running: RunStatus) -> None:
    elsewhere = replace(running, boot_id="another", pid=1, process_started="1")
    assert elsewhere.alive
    assert not replace(elsewhere, pid=2, heartbeat=time.time() - 31).alive
    assert not replace(elsewhere, pid=3, heartbeat=time.time() + 3600).alive  # a clock that was set back at the restart
    assert boot_id()


def test_a_heart_that_beats_elsewhere_is_alive_whatever_the_clocks_say(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(liveness_module.time, "monotonic", lambda: clock[0])
    beats, hour_behind = Beats(), time.time() - 3600
    assert not beats.alive(("run",), hour_behind), "nothing is known of it but an old time"
    clock[0] += 1
    assert beats.alive(("run",), hour_behind + 1), "it beats"
    clock[0] += 29
    assert beats.alive(("run",), hour_behind + 1)
    clock[0] += 2
    assert not beats.alive(("run",), hour_behind + 1), "and has stopped"
    ahead = time.time() + 10
    assert beats.alive(("other",), ahead)
    clock[0] += 31
    assert not beats.alive(("other",), ahead), "its clock was ahead, and it did not beat while it was watched"


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_a_run_that_said_its_last_word_keeps_it(tmp_path: Path, running: RunStatus, state: str) -> None:
    write_status(tmp_path, replace(running, state=state, heartbeat=0.0, message="done"))
    status = read_status(tmp_path)
    assert (status.state, status.message, status.alive) == (state, "done", False)


def test_the_heart_beats_while_a_step_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_module, "BEAT_SECONDS", 0.01)
    with Heartbeat(tmp_path, epochs=2, command="train"):
        first = read_status(tmp_path)
        assert first.state == "starting" and first.pid == os.getpid()
        _wait_until(lambda: read_status(tmp_path).heartbeat > first.heartbeat)


def test_an_error_is_the_last_word_of_a_failed_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Heartbeat(tmp_path, epochs=2, command="train"):
        _ = 1 / 0
    status = read_status(tmp_path)
    assert (status.state, status.message) == ("failed", "division by zero")


def test_a_request_to_stop_can_be_made_before_the_run_exists(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert not stop_requested(folder)
    request_stop(folder)
    assert stop_requested(folder)
    clear_stop(folder)
    assert not stop_requested(folder)


def test_previews_come_back_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    pictures = np.arange(2 * 64, dtype=np.uint8).reshape(2, 1, 8, 8)
    write_preview(tmp_path, Preview(pictures, pictures[::-1], pictures + 1, epoch=7))
    preview = read_preview(tmp_path)
    assert preview.epoch == 7
    assert np.array_equal(preview.reconstructions, pictures[::-1])
    (tmp_path / "run" / "preview.npz").write_bytes(b"PK\x03\x04 no zip")
    assert read_preview(tmp_path) is None
    assert read_preview(tmp_path / "none") is None


def test_a_folder_that_holds_a_run_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "taken")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(TrainingError, match=r"taken holds a run or other files \(.*config.json.*Add --resume"):
        train(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_checkpoint_without_state_cannot_be_resumed(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "shipped")
    with pytest.raises(TrainingError, match=r"no state/ to continue from: train into another --out"):
        train(folder, resume=True)


def test_any_file_makes_a_folder_taken(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "README.md").write_text("mine")
    with pytest.raises(TrainingError, match="a new run needs an empty folder"):
        train(tmp_path / "notes")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TrainingError, match="file is a file; a run needs a folder"):
        train(tmp_path / "file")


def test_the_log_that_whoever_starts_a_run_opens_does_not_make_it_taken(tmp_path: Path) -> None:
    (tmp_path / "fresh" / "run").mkdir(parents=True)
    (tmp_path / "fresh" / "run" / "log.txt").write_text("")
    train(tmp_path / "fresh")
    assert read_status(tmp_path / "fresh").state == "finished"


def test_a_run_that_waited_begins_in_its_folder_with_the_notes_that_were_made_on_it(
    tmp_path: Path, running: RunStatus
) -> None:
    folder = tmp_path / "waited"
    write_status(folder, replace(running, state="queued", launched=True, pid=0))
    for file in ("notes/run.json", "run/request.json", "run/orders.jsonl", "run/log.txt"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("")
    train(folder)
    assert read_status(folder).state == "finished" and not read_status(folder).launched
    with pytest.raises(TrainingError, match="a new run needs an empty folder"):
        train(folder)


def test_a_folder_in_training_takes_no_second_run(tmp_path: Path, running: RunStatus) -> None:
    write_status(tmp_path / "busy", running)
    for resume in (False, True):
        with pytest.raises(TrainingError, match=rf"busy is being trained by process {os.getpid()}.*Wait for it"):
            train(tmp_path / "busy", resume=resume)


@pytest.mark.parametrize("name", ["Big", "with space", ".hidden", "a" * 65])
def test_a_folder_whose_name_no_model_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrainingError, match=r"Choose such a name for --out"):
        train(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_resumed_run_keeps_its_settings(tmp_path: Path) -> None:
    train(tmp_path / "first")
    with pytest.raises(TrainingError, match=r"latent_dim is 5; the run in first was started with 2"):
        train(tmp_path / "first", resume=True, latent_dim=5)
    with pytest.raises(TrainingError, match=r"batch_size is 77; the run in first was started with 500"):
        train(tmp_path / "first", resume=True, batch_size=77)


def test_a_damaged_state_says_what_to_do(tmp_path: Path) -> None:
    train(tmp_path / "first")
    file = tmp_path / "first" / "state" / "state.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(TrainingError, match=r"first/state/state.safetensors cannot be read.*Remove the folder `state`"):
        train(tmp_path / "first", resume=True)


def _wait_until(condition, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.mark.parametrize("seconds_left", ["", [], False, {}, "3"])
def test_seconds_left_is_a_number_or_nothing(tmp_path: Path, running: RunStatus, seconds_left: object) -> None:
    write_status(tmp_path, replace(running, seconds_left=seconds_left))
    assert read_status(tmp_path) is None


def test_other_programs_answer_in_one_language_and_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers in different time zones must see the same start of a process (`ps`, on macOS)."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert liveness_module._output("sh", "-c", "echo $TZ $LC_ALL") == "UTC C"
