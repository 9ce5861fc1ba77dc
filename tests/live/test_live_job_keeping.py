"""Which jobs are under way: shared by name, forgotten when done, begun anew after a failure. With played jobs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import live.map_jobs
from live.map_jobs import Jobs, Standing


@dataclass
class PlayedJob:
    """A job whose state the test sets."""

    state: str = "queued"
    progress: float = 0.0
    message: str = ""
    seconds_left: float | None = None
    sentence: str = ""
    partial: dict | None = None
    answer: object = "made"

    def result(self, timeout: float | None = None) -> object:
        return self.answer

    def leave(self) -> bool:
        going, self.state = self.state == "queued", "left" if self.state == "queued" else self.state
        return going

    def cancel(self) -> bool:
        going, self.state = self.state in ("queued", "running"), "cancelled"
        return going


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(live.map_jobs.time, "monotonic", lambda: now[0])
    return now


def none() -> PlayedJob:
    raise AssertionError("a second job was started")


def test_whoever_asks_for_the_same_shares_one_job_and_gets_its_result_once() -> None:
    jobs, job = Jobs(), PlayedJob()
    assert jobs.ask("a", lambda: job) == Standing("queued", 0.0, "Waiting until other work is done", None)
    job.state, job.progress, job.message, job.seconds_left = "running", 0.25, "Laying out", 12.34
    assert jobs.ask("a", none) == jobs.look("a") == Standing("running", 0.25, "Laying out", 12.3)
    job.partial = {"picture": "AAAA"}
    assert jobs.look("a").facts("a")["partial"] == {"picture": "AAAA"}
    job.state = "done"
    assert jobs.look("a") is None, "a job that is done is no longer under way"
    assert jobs.ask("a", none) == "made" and len(jobs) == 0
    assert jobs.ask("a", PlayedJob).state == "queued", "the next request begins anew"


def test_a_failure_is_told_for_a_while_and_then_begun_anew(clock: list[float]) -> None:
    jobs, job = Jobs(), PlayedJob("failed", sentence="There are 3 images.")
    for now in (0.0, 1.0, 1.9):
        clock[0] = now
        assert jobs.ask("a", lambda: job) == Standing("failed", 0.0, "There are 3 images.", None)
    clock[0] = 3.5  # two seconds after it was first asked for as a failed one
    assert jobs.ask("a", PlayedJob).state == "queued"


def test_a_job_is_cancelled_by_its_name_and_forgotten() -> None:
    jobs, job = Jobs(), PlayedJob("running")
    jobs.ask("a", lambda: job)
    assert jobs.cancel("b") is False and job.state == "running"
    assert jobs.cancel("a") is True and job.state == "cancelled" and jobs.look("a") is None
    assert jobs.cancel("a") is False


def test_a_job_that_waits_is_left_and_one_that_has_begun_goes_on() -> None:
    jobs, begun, waiting = Jobs(), PlayedJob("running"), PlayedJob("queued")
    jobs.ask("begun", lambda: begun)
    jobs.ask("waiting", lambda: waiting)
    assert jobs.leave("begun") is False and begun.state == "running" and jobs.look("begun") is not None
    assert jobs.leave("waiting") is True and waiting.state == "left" and jobs.look("waiting") is None
    assert jobs.leave("waiting") is False


def test_only_one_of_a_kind_is_under_way() -> None:
    jobs, job = Jobs(), PlayedJob("running")
    assert jobs.only_of("judge ", "x")
    jobs.ask("judge x", lambda: job)
    assert jobs.only_of("judge ", "x") and not jobs.only_of("judge ", "y")
    job.state = "done"
    assert jobs.only_of("judge ", "y")


def test_what_is_over_and_never_asked_for_again_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.map_jobs, "MOST_KNOWN", 3)
    jobs = Jobs()
    made = [PlayedJob("running") for _ in range(5)]
    for number, job in enumerate(made):
        jobs.ask(str(number), lambda job=job: job)
    assert len(jobs) == 5, "nothing that is under way is forgotten"
    for job in made[:4]:
        job.state = "done"
    jobs.ask("4", none)
    assert len(jobs) == 3 and jobs.look("4") is not None


def test_a_job_that_cannot_be_started_leaves_nothing() -> None:
    jobs = Jobs()

    def refused() -> PlayedJob:
        raise ValueError("too many")

    with pytest.raises(ValueError, match="too many"):
        jobs.ask("a", refused)
    assert len(jobs) == 0
