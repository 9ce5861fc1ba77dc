"""A run on a cluster as seen from here: what it says, when it has begun, how it ends. The cluster is played."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import pytest

from jobs.launchers import submission as submission_module
from jobs.launchers.submission import Submission, reason
from vae_core.training import Order, give_order, read_status, request_stop, write_status
from vae_core.training.run_folder import RunStatus, first_status

LAUNCHED = RunStatus("starting", pid=1, process_started="", boot_id="elsewhere", heartbeat=0.0, epochs=9, launched=True)


class State(Enum):
    PENDING, SUCCEEDED, FAILED, STOPPED = "PENDING", "SUCCEEDED", "FAILED", "STOPPED"

    def is_terminal(self) -> bool:
        return self is not State.PENDING


@dataclass
class Info:
    status: State = State.PENDING
    message: str = ""
    driver_exit_code: int | None = None


class Cluster:
    """Answers as Ray's client does; ``words`` come one after the other, then the job is ``end``."""

    def __init__(self, words: list[str], end: Info, breaks: bool = False) -> None:
        self.words, self.end, self.breaks, self.info = words, end, breaks, Info()

    async def tail_job_logs(self, job: str):
        for word in self.words:
            yield word
            await asyncio.sleep(0.02)
        if self.breaks:
            raise RuntimeError("connection closed")
        if self.end.status is State.PENDING:
            while not self.info.status.is_terminal():
                await asyncio.sleep(0.01)
        else:
            self.info = self.end

    def get_job_info(self, job: str) -> Info:
        if self.breaks:
            self.breaks, self.info = False, self.end
            raise RuntimeError("no answer")
        return self.info

    def get_job_status(self, job: str) -> str:
        return self.info.status.value

    def stop_job(self, job: str) -> None:
        self.info = Info(State.STOPPED)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(submission_module, "WORD_SECONDS", 0.03)


def test_what_the_job_prints_is_printed_here_and_its_code_is_the_code(tmp_path: Path, capsys) -> None:
    cluster = Cluster(["epoch 1\n", "epoch 2\n"], Info(State.SUCCEEDED, driver_exit_code=0))
    write_status(tmp_path, LAUNCHED)
    submission = Submission(cluster, "job", tmp_path)
    write_status(tmp_path, first_status("finished", 9, "train"))
    assert asyncio.run(submission.follow()) == 0
    assert capsys.readouterr().out == "epoch 1\nepoch 2\n"
    assert read_status(tmp_path).state == "finished"


def test_a_run_that_waits_says_so(tmp_path: Path, capsys) -> None:
    cluster = Cluster([""] * 20, Info(State.FAILED, "no room", driver_exit_code=None))
    write_status(tmp_path, LAUNCHED)
    assert asyncio.run(Submission(cluster, "job", tmp_path).follow()) == 1
    assert "Waiting for the cluster: job job is PENDING." in capsys.readouterr().out


@pytest.mark.parametrize("end", ["stop", "discard", "file"])
def test_a_run_that_waits_is_taken_back_when_somebody_ends_it(tmp_path: Path, end: str) -> None:
    write_status(tmp_path, LAUNCHED)
    submission = Submission(Cluster([], Info()), "job", tmp_path)
    request_stop(tmp_path) if end == "file" else give_order(tmp_path, Order(end))
    asyncio.run(submission.follow())
    status = read_status(tmp_path)
    assert status.state == {"discard": "discarded"}.get(end, "stopped") and status.epochs == 9
    assert status.message == "taken back from the cluster before it began"


def test_a_run_that_has_begun_is_left_to_itself(tmp_path: Path) -> None:
    cluster = Cluster(["", ""], Info(State.SUCCEEDED, driver_exit_code=0))
    submission = Submission(cluster, "job", tmp_path)
    write_status(tmp_path, first_status("running", 9, "train"))
    request_stop(tmp_path)
    assert submission.has_begun() and asyncio.run(submission.follow()) == 0
    assert read_status(tmp_path).state == "running"


def test_a_run_that_never_began_has_failed_with_the_sentence_it_refused_with(tmp_path: Path) -> None:
    message = "Job entrypoint command failed with exit code 1, last logs:\n(pid=7) Error: --lr is -1; mend it\n"
    write_status(tmp_path, LAUNCHED)
    cluster = Cluster([], Info(State.FAILED, message, driver_exit_code=1))
    assert asyncio.run(Submission(cluster, "job", tmp_path).follow()) == 1
    assert read_status(tmp_path).message == "the run ended before it began: --lr is -1; mend it"
    assert reason("Killed by nobody\nknows") == "Killed by nobody" and reason("") == "the cluster gives no reason"


def test_a_dashboard_that_goes_away_ends_nothing(tmp_path: Path, capsys) -> None:
    cluster = Cluster([], Info(State.SUCCEEDED), breaks=True)
    submission = Submission(cluster, "job", tmp_path)
    write_status(tmp_path, replace(first_status("finished", 9, "train"), message="done"))
    assert asyncio.run(submission.follow()) == 0
    assert "out of reach (connection closed); the run goes on" in capsys.readouterr().out
