"""The queue: one at a time, in order, moved, left, started once by whichever of several servers, and by ending runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import jobs
from jobs import RunRefused, RunRequest, run_queue
from jobs.run_queue import QueueKeeper, look_after_runs, runs_at_once, start_waiting
from tests.jobs.test_runs import root, wait_until
from vae_core.training import Order, read_status
from vae_core.training.orders import read_orders
from vae_core.training.run_folder import first_status, write_status

__all__ = ["root"]


class Sleeper:
    """Stands for the process of a run: there, silent, and over when it is told."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(["sleep", "60"])
        self.pid = self.process.pid

    def wait(self) -> int:
        return self.process.wait()


@pytest.fixture
def started(root: Path, monkeypatch: pytest.MonkeyPatch):
    """The folders of the runs that were started, each with a process that only sleeps."""
    folders: list[tuple[str, Sleeper]] = []

    def start(arguments: list[str], folder: Path) -> Sleeper:
        folders.append((folder.name, Sleeper()))
        return folders[-1][1]

    monkeypatch.setattr(run_queue, "start_process", start)
    yield folders
    for run in jobs.queued_runs():
        shutil.rmtree(run.folder)
    for _name, sleeper in folders:
        sleeper.process.kill()


def names(folders: list[tuple[str, Sleeper]]) -> list[str]:
    return [name for name, _sleeper in folders]


def test_a_run_that_waits_says_for_whom(root: Path, started: list) -> None:
    for name in ("a", "b", "c"):
        jobs.start_run(RunRequest(name))
    assert jobs.waiting_words("b") == "It begins when “a” has ended."
    status = jobs.find_run("a").status
    write_status(root / "a", replace(status, state="paused"))
    assert jobs.waiting_words("c") == (
        "It begins when “a” has ended; one more run waits before it. “a” is paused: resume or stop it."
    )


def test_one_at_a_time_and_the_next_when_it_is_over(root: Path, started: list) -> None:
    states = [jobs.start_run(RunRequest(name)).status.state for name in ("a", "b", "c")]
    assert states == ["starting", "queued", "queued"] and names(started) == ["a"]
    assert [run.name for run in jobs.queued_runs()] == ["b", "c"]
    assert not jobs.find_run("b").status.alive
    started[0][1].process.kill()
    wait_until("b", lambda run: run.status.state == "starting", seconds=10)
    assert wait_until("a", lambda run: run.status.state == "failed", 10).status.message.startswith("the process ended")
    assert names(started) == ["a", "b"]


def test_the_setting_says_how_many(root: Path, started: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_RUNS", "2")
    assert [jobs.start_run(RunRequest(name)).status.state for name in "abc"] == ["starting", "starting", "queued"]
    monkeypatch.setenv("LATENT_EXPLORER_RUNS", "3")
    assert start_waiting() == ("c",)
    for bad in ("0", "many", "17", "1.5"):
        monkeypatch.setenv("LATENT_EXPLORER_RUNS", bad)
        with pytest.raises(ValueError, match=r"LATENT_EXPLORER_RUNS is '.*'; it must be a whole number from 1 to 16"):
            runs_at_once()


def test_a_run_of_the_command_line_is_waited_for_and_a_paused_one_too(root: Path, started: list) -> None:
    write_status(root / "typed", first_status("paused", 5, ""))
    assert jobs.start_run(RunRequest("a")).queued
    assert start_waiting() == ()
    write_status(root / "typed", first_status("stopped", 5, ""))
    assert start_waiting() == ("a",)


def test_many_who_start_at_once_start_one(root: Path, started: list) -> None:
    with ThreadPoolExecutor(6) as callers:
        list(callers.map(lambda number: jobs.start_run(RunRequest(f"run-{number}")), range(6)))
    assert len(started) == 1 and len(jobs.queued_runs()) == 5
    assert sorted(run.folder.name for run in jobs.list_runs()) == [f"run-{number}" for number in range(6)]
    assert not list(root.glob(".run-*"))


def test_moving_in_the_queue_and_a_sweep_moves_as_one(root: Path, started: list) -> None:
    for name in ("first", "a", "b"):
        jobs.start_run(RunRequest(name))
    for name in ("s1", "s2"):
        jobs.start_run(RunRequest(name, sweep="rates"))
    jobs.move_in_queue("b", 0)
    assert [run.name for run in jobs.queued_runs()] == ["b", "a", "s1", "s2"]
    jobs.move_in_queue("rates", 1)
    assert [run.name for run in jobs.queued_runs()] == ["b", "s1", "s2", "a"]
    assert jobs.find_run("s1").sweep == "rates"
    with pytest.raises(RunRefused, match=r"'first'; no run or sweep of that name waits"):
        jobs.move_in_queue("first", 0)


def test_one_that_waits_takes_orders_and_leaves(root: Path, started: list) -> None:
    for name in ("first", "a", "b"):
        jobs.start_run(RunRequest(name))
    jobs.order_run("a", Order("pause"))
    assert read_orders(root / "a").orders == (Order("pause"),)
    jobs.stop_run("a")
    left = jobs.find_run("a")
    assert left.status.state == "stopped" and "taken out of the queue" in left.status.message
    assert [run.name for run in jobs.queued_runs()] == ["b"]
    assert jobs.continue_run("a").queued and [run.name for run in jobs.queued_runs()] == ["b", "a"]
    assert read_orders(root / "a").orders == (), "the pause was meant for the place it gave up"
    jobs.discard_run("b")
    look_after_runs()
    assert not (root / "b").exists() and [run.name for run in jobs.binned_runs()] == ["b"]


def test_one_that_cannot_be_started_says_so_and_the_next_is(
    root: Path, started: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "a", "b"):
        jobs.start_run(RunRequest(name))
    (root / "a" / "run" / "request.json").write_text("{")
    write_status(root / "first", replace(first_status("finished", 1, ""), pid=0))
    assert start_waiting() == ("b",)
    assert "request.json cannot be read" in read_status(root / "a").message


def test_a_run_does_not_wait_for_itself_to_end(root: Path, started: list) -> None:
    jobs.start_run(RunRequest("a"))
    jobs.start_run(RunRequest("b"))
    assert start_waiting() == ()
    assert start_waiting(ignoring=jobs.find_run("a").status.pid) == ("b",)


@pytest.mark.usefixtures("warm_processes")
def test_a_server_that_died_between_starting_and_saying_so_starts_none_twice(root: Path) -> None:
    """The run waits in every record, though its process is there; a second one is started, and gives way to it."""
    slow = ["--epochs", "100000", "--patience", "100000", "--batch-size", "300", "--out", str(root / "a")]
    command = [sys.executable, "-m", "jobs.trained_run", "train", *slow]
    write_status(root / "a", run_queue.waiting_status(100_000))
    first, second = (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)
    )
    try:
        end = time.monotonic() + 90
        while first.poll() is None and second.poll() is None:
            assert time.monotonic() < end, "neither gave way"
            time.sleep(0.05)
        loser, winner = (first, second) if first.poll() is not None else (second, first)
        said = " ".join(loser.stdout.read().split())
        assert "one folder takes one run at a time" in said or "a holds a run" in said, said
        running = wait_until("a", lambda run: run.status.state == "running")
        assert running.status.pid == winner.pid
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()


@pytest.mark.timeout(400)  # two runs of low priority, one after the other, maybe on a busy machine
def test_a_run_that_ends_starts_the_next_with_no_server_there(root: Path) -> None:
    """Asked for by a process that is gone before the first has ended."""
    ask = (
        "import jobs; from jobs import RunRequest, run_process; run_process.NICENESS = 0;"
        "[jobs.start_run(RunRequest(name, epochs=1, batch_size=600)) for name in ('a', 'b')]"
    )
    subprocess.run([sys.executable, "-c", ask], check=True, timeout=120)
    first = jobs.find_run("a")
    assert first.status.alive and jobs.find_run("b").queued, first.log_tail()
    second = wait_until("b", lambda run: run.status.pid > 0)
    assert jobs.find_run("a").status.state == "finished", second.log_tail()
    assert second.status.alive and second.status.pid != first.status.pid
    assert json.loads((root / "b" / "run" / "request.json").read_text())["request"]["name"] == "b"


def test_the_thread_of_a_server_reads_only_what_has_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, read = QueueKeeper(), []
    monkeypatch.setattr(run_queue, "read_status", lambda folder: read.append(folder.name) or read_status(folder))
    write_status(root / "a", first_status("running", 5, ""))
    assert not keeper.has_work() and not keeper.has_work() and read == ["a"]
    write_status(root / "b", run_queue.waiting_status(5))
    assert keeper.has_work() and keeper.has_work() and read == ["a", "b"], "somebody waits"
    write_status(root / "b", first_status("discarded", 5, ""))
    assert keeper.has_work(), "somebody waits for the bin"
    write_status(root / "b", first_status("finished", 5, ""))
    assert not keeper.has_work()
