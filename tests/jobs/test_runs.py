"""Training runs: started as processes of their own, found again, stopped, refused, failed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import jobs
from jobs import RunHandle, RunRefused, RunRequest
from jobs.runs import run_command, start_run
from vae_core.checkpoint import load_checkpoint
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    return tmp_path


def wait_until(name: str, condition: Callable[[RunHandle], bool], seconds: float = 90) -> RunHandle:
    deadline = time.monotonic() + seconds
    while True:
        run = jobs.find_run(name)
        if run is not None and condition(run):
            return run
        assert time.monotonic() < deadline, f"still {run and run.status}\n{run and run.log_tail()}"
        time.sleep(0.05)


def test_a_run_is_a_process_of_its_own_and_leaves_a_model(root: Path) -> None:
    handle = jobs.start_run(RunRequest("short", epochs=2))
    assert handle.status.state == "starting"
    assert handle.status.alive
    running = wait_until("short", lambda run: run.status.pid > 0)
    assert running.status.pid != os.getpid()
    assert os.getsid(running.status.pid) == running.status.pid, "it shares our session and would end with us"
    session = Path(f"/proc/{running.status.pid}/autogroup")  # Linux: niceness counts within a session alone
    if session.exists():
        assert int(session.read_text().rpartition(" ")[2]) > 0, "it takes as much as the server and its pages together"
    finished = wait_until("short", lambda run: not run.status.alive)
    assert finished.status.state == "finished", finished.log_tail()
    assert load_checkpoint(finished.folder).config.training.epochs == 2
    assert [run.name for run in jobs.list_runs()] == ["short"]


def test_stopping_keeps_what_has_been_learnt(root: Path) -> None:
    jobs.start_run(RunRequest("long", epochs=2_000))
    wait_until("long", lambda run: run.status.state == "running" and run.status.epoch >= 1)
    jobs.stop_run("long")
    stopped = wait_until("long", lambda run: not run.status.alive)
    assert stopped.status.state == "stopped", stopped.log_tail()
    assert not stopped.stopping
    load_checkpoint(stopped.folder)
    with pytest.raises(RunRefused, match="no run of that name is under way"):
        jobs.stop_run("long")


def test_a_run_that_never_said_a_word_is_failed_and_its_log_says_why(root: Path) -> None:
    jobs.start_run(RunRequest("wrong", network="fancy"))
    failed = wait_until("wrong", lambda run: not run.status.alive)
    assert failed.status.state == "failed"
    assert "fancy" in failed.log_tail()


@pytest.mark.parametrize("name", ["", "Upper", "../out", "a/b", "-dash", "x" * 65, "a b"])
def test_a_bad_name_is_refused_before_anything_is_written(root: Path, name: str) -> None:
    with pytest.raises(RunRefused, match="a name has 1 to 64 characters"):
        jobs.start_run(RunRequest(name))
    assert list(root.iterdir()) == []
    assert jobs.find_run(name) is None


def test_a_taken_name_is_refused_and_its_folder_left_alone(root: Path) -> None:
    (root / "mine").mkdir()
    with pytest.raises(RunRefused, match=r"The name mine is taken; .* Choose another name"):
        jobs.start_run(RunRequest("mine"))
    assert list((root / "mine").iterdir()) == []


def test_data_that_is_not_here_is_refused_with_the_setting(root: Path) -> None:
    with pytest.raises(RunRefused, match=r"'mnist'; its files are not on this machine.*LATENT_EXPLORER_DATA"):
        jobs.start_run(RunRequest("m", data="mnist"))
    assert not (root / "m").exists()


def test_no_more_runs_than_the_machine_bears(root: Path) -> None:
    for name in ("one", "two"):
        write_status(root / name, first_status("running", 5, ""))
    with pytest.raises(RunRefused, match=r"2 runs are under way \(.*\); at most 2"):
        jobs.start_run(RunRequest("three"))
    assert not (root / "three").exists()


def test_the_command_line_carries_every_choice(tmp_path: Path) -> None:
    request = RunRequest("x", "digits", "conv", 7, "bernoulli", 3, 32, 0.002, 5)
    command = run_command(request, tmp_path / "x")
    options = dict(zip(command[4::2], command[5::2], strict=True))
    assert options == {
        "--data": "digits",
        "--network": "conv",
        "--latent-dim": "7",
        "--likelihood": "bernoulli",
        "--epochs": "3",
        "--batch-size": "32",
        "--lr": "0.002",
        "--seed": "5",
        "--out": str(tmp_path / "x"),
    }


def test_a_run_that_cannot_be_started_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*arguments: object, **options: object) -> None:
        raise OSError("no room for a process")

    monkeypatch.setattr("jobs.runs.subprocess.Popen", no_process)
    with pytest.raises(RunRefused, match="no room for a process"):
        start_run(RunRequest("nothing"))
    assert not (root / "nothing").exists()


def test_many_starts_at_once_do_not_exceed_the_number_of_runs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Quiet:
        pid = 0

        def wait(self) -> int:
            time.sleep(60)
            return 0

    def slow_start(command: list[str], log: Path) -> Quiet:
        time.sleep(0.1)
        log.touch()
        return Quiet()

    monkeypatch.setattr("jobs.runs._detached", slow_start)

    def started(number: int) -> bool:
        try:
            start_run(RunRequest(f"run-{number}"))
        except RunRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as callers:
        assert sum(callers.map(started, range(6))) == 2
    assert len(list(root.iterdir())) == 2
