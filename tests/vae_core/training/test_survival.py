"""A run on a disk that is full, in a folder that goes away, and beside another that wants the same folder."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vae_core.training.test_steering import STATE, WEIGHTS, figures, same, train
from vae_core.training import RunStatus, TrainingError, read_status, write_status
from vae_core.training import home as home_module
from vae_core.training import run as run_module
from vae_core.training import run_folder as run_folder_module
from vae_core.training.heartbeat import Heartbeat
from vae_core.training.run_folder import first_status, rewrite_status
from vae_core.training.run_lock import RunLock


@pytest.fixture(autouse=True)
def saves_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    monkeypatch.setattr(run_module, "SAVE_SECONDS", -1.0)
    monkeypatch.setattr(home_module, "BETWEEN_TRIES", 0.01)


def full(*arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def on_a_full_disk(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """What the run writes by this function fails so many times, from the third call on."""
    write, calls = getattr(run_module, name), [0]

    def written(*arguments: object) -> None:
        calls[0] += 1
        full() if 3 <= calls[0] < 3 + times else write(*arguments)

    monkeypatch.setattr(run_module, name, written)


@pytest.mark.parametrize("name", ["save_state", "save_weights", "append_metrics"])
def test_a_run_waits_for_room_says_so_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    train(tmp_path / "whole")
    seen: list[tuple[str, str]] = []
    on_a_full_disk(monkeypatch, name, times=4)
    train(tmp_path / "full", lambda status: seen.append((status.state, status.message)))
    waits = [message for state, message in seen if state == "paused"]
    assert len(waits) == 4 and "No space is left on the disk that holds full. The run waits; free some" in waits[0]
    ended = read_status(tmp_path / "full")
    assert ended.state == "finished" and "No space" not in ended.message
    assert same(tmp_path / "whole", tmp_path / "full", WEIGHTS) and same(tmp_path / "whole", tmp_path / "full", STATE)
    assert figures(tmp_path / "whole") == figures(tmp_path / "full")


def test_pictures_are_left_out_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.training.preview.write_preview", full)
    train(tmp_path / "run")
    assert read_status(tmp_path / "run").state == "finished" and not (tmp_path / "run" / "run" / "preview.npz").exists()


@pytest.mark.parametrize("how", ["waited", "stopped"])
def test_a_run_that_gets_no_room_ends_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    folder = tmp_path / "run"
    monkeypatch.setattr(home_module, "LONGEST_WAIT", 0.05 if how == "waited" else 1e9)
    on_a_full_disk(monkeypatch, "save_state", times=10**6)

    def pulse(status: RunStatus) -> None:
        if how == "stopped" and status.state == "paused":
            (folder / "run" / "stop").touch()

    with pytest.raises(TrainingError, match=r"No space is left on the disk that holds run; .*then continue it"):
        train(folder, pulse)
    assert read_status(folder).state == "failed" and (folder / STATE).exists()
    monkeypatch.undo()
    train(folder, resume=True)
    train(tmp_path / "whole")
    assert same(tmp_path / "whole", folder, WEIGHTS)


def test_another_fault_of_the_disk_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(run_module, "save_state", broken)
    with pytest.raises(OSError, match="Input/output"):
        train(tmp_path / "run")
    assert "Input/output error" in read_status(tmp_path / "run").message


def test_a_status_is_written_in_place_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Heartbeat(tmp_path, epochs=9, command="train --out somewhere/with/a/long/name") as heartbeat:
        monkeypatch.setattr(run_folder_module, "write_atomic", full)
        heartbeat.tell(state="paused", message="waits")
        assert (read_status(tmp_path).state, read_status(tmp_path).message) == ("paused", "waits")
        heartbeat.tell(state="running", message="")
        assert (read_status(tmp_path).state, read_status(tmp_path).message) == ("running", "")


def remove_first_epoch(folder: Path, how: Callable[[Path], None]) -> Callable[[RunStatus], None]:
    def pulse(status: RunStatus) -> None:
        if status.epoch == 1 and folder.exists():
            how(folder)

    return pulse


@pytest.mark.parametrize("how", ["removed", "moved", "made anew"])
def test_a_folder_that_goes_away_ends_the_run_and_is_not_made_again(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "gone"

    def act(place: Path) -> None:
        place.rename(tmp_path / "elsewhere") if how == "moved" else shutil.rmtree(place)
        if how == "made anew":
            place.mkdir()

    with pytest.raises(TrainingError, match=r"The folder gone was removed or moved while its run went on.*Put the"):
        train(folder, remove_first_epoch(folder, act))
    time.sleep(0.6)  # a heartbeat more
    assert not folder.exists() or (how == "made anew" and list(folder.iterdir()) == [])


def test_a_status_that_was_removed_is_not_written_again(tmp_path: Path) -> None:
    write_status(tmp_path, first_status("running", 1, ""))
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(FileNotFoundError):
        rewrite_status(tmp_path, first_status("running", 1, ""))
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("warm_processes")
def test_a_folder_is_locked_as_long_as_its_process_lives(tmp_path: Path) -> None:
    """Of two that find no status of the other, only one trains; the lock of one that is killed is free."""
    code = (
        "import sys, time; from pathlib import Path; from vae_core.training.run_lock import RunLock;"
        "lock = RunLock(); lock.take(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        with RunLock() as lock, pytest.raises(TrainingError, match="is being trained by another process; one folder"):
            lock.take(tmp_path)
        assert not (tmp_path / "config.json").exists()
    finally:
        other.kill()
        other.communicate()
    with RunLock() as lock:
        lock.take(tmp_path)
