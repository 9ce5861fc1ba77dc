"""Warm workers: results, progress, cancelling that kills, tasks that raise, workers that die."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType

import pytest

from jobs import Job, JobCancelled, JobFailed, TooManyJobs, Workers
from jobs.workers import TASKS, worker_count

workers_module = sys.modules["jobs.workers"]  # `jobs.workers` names the function

SLOW = {
    name: f"tests.jobs.slow_tasks:{name}"
    for name in (
        "process_number",
        "priority",
        "half_way",
        "in_quarters",
        "wrong",
        "cannot_be_mapped",
        "dies",
        "is_killed",
    )
}
START = 60  # seconds: a fresh worker imports torch


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    workers = Workers(count=1, tasks=SLOW)
    yield workers
    workers.close()


def wait_for(condition: Callable[[], bool], seconds: float = START) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def alive(process: int) -> bool:
    from vae_core.training.liveness import process_start

    return process_start(process) != ""


def test_a_task_gives_its_result_and_its_worker_stays_warm(pool: Workers) -> None:
    first = pool.submit("process_number").result(START)
    assert pool.submit("process_number").result(START) == first, "another process, which had to import all again"


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no nice on this system")
def test_a_worker_makes_way_for_the_server(pool: Workers) -> None:
    assert pool.submit("priority").result(START) > os.getpriority(os.PRIO_PROCESS, 0)


def test_progress_is_seen_while_the_task_runs(pool: Workers) -> None:
    job = pool.submit("half_way", seconds=0.5)
    wait_for(lambda: job.message == "half way")
    assert (job.state, job.progress) == ("running", 0.5)
    assert job.partial == {"there": [1, 2]}, "a partial result stays until another comes"
    assert job.result(START) == "done"
    assert job.partial is None
    assert (job.state, job.progress) == ("done", 1.0)


def test_what_fails_with_a_sentence_for_people_is_told_in_that_sentence(pool: Workers) -> None:
    job = pool.submit("cannot_be_mapped")
    with pytest.raises(JobFailed, match="cannot_be_mapped: MapError: There are 3 images"):
        job.result(START)
    assert job.sentence == "There are 3 images to map."


def test_a_job_that_is_left_is_skipped_and_its_worker_stays(pool: Workers) -> None:
    before = pool.submit("process_number").result(START)
    first = pool.submit("half_way", seconds=1.0)
    waiting = [pool.submit("process_number") for _ in range(workers_module.MOST_WAITING - 1)]
    with pytest.raises(TooManyJobs):
        pool.submit("process_number")
    assert [job.leave() for job in waiting] == [True] * len(waiting)
    last = pool.submit("process_number")  # their places are free again
    wait_for(lambda: first.state == "running")
    assert first.leave() is False, "it has begun"
    assert first.result(START) == "done"
    assert last.result(START) == before, "the same process"
    assert {job.result(START) for job in waiting} == {None}


def test_the_seconds_left_follow_from_the_share_that_is_done(pool: Workers) -> None:
    job = pool.submit("in_quarters", seconds=0.6)
    wait_for(lambda: job.progress == 0.75)
    assert job.seconds_left == pytest.approx(0.6 / 3, rel=0.5)
    job.result(START)
    assert job.seconds_left == 0


def test_a_task_behind_another_is_queued(pool: Workers) -> None:
    running, waiting = pool.submit("half_way", seconds=0.5), pool.submit("process_number")
    wait_for(lambda: running.state == "running")
    assert waiting.state == "queued"
    assert waiting.result(START) > 0


def test_cancelling_kills_the_process_and_another_takes_its_place(pool: Workers) -> None:
    before = pool.submit("process_number").result(START)
    job = pool.submit("half_way", seconds=600)
    wait_for(lambda: job.message == "half way")
    assert job.cancel()
    assert job.state == "cancelled"
    with pytest.raises(JobCancelled, match="half_way was cancelled"):
        job.result(START)
    wait_for(lambda: not alive(before))
    after = pool.submit("process_number").result(START)
    assert after != before
    assert not job.cancel(), "a job that is over cannot be cancelled again"


def test_a_task_that_raises_fails_with_its_reason_and_spares_the_worker(pool: Workers) -> None:
    before = pool.submit("process_number").result(START)
    job = pool.submit("wrong")
    with pytest.raises(JobFailed, match="wrong: ValueError: the number is 3; it must be 2"):
        job.result(START)
    assert job.state == "failed"
    assert "the number is 3" in job.message
    assert job.sentence == job.message, "nobody has written this exception for people"
    assert pool.submit("process_number").result(START) == before


def test_a_worker_that_dies_fails_its_job_and_is_replaced(pool: Workers) -> None:
    job: Job = pool.submit("dies")
    with pytest.raises(JobFailed, match="ended with code 7"):
        job.result(START)
    assert job.state == "failed"
    assert job.sentence.endswith("Nothing was kept of it. Try again; with fewer images it needs less memory.")
    assert pool.submit("process_number").result(START) > 0


def test_a_worker_that_is_killed_says_what_may_have_happened(pool: Workers) -> None:
    with pytest.raises(JobFailed, match=r"is_killed was killed \(signal 9\), perhaps because memory ran out, before"):
        pool.submit("is_killed").result(START)


def test_no_result_in_time_is_said_so_and_the_job_goes_on(pool: Workers) -> None:
    job = pool.submit("half_way", seconds=0.4)
    with pytest.raises(TimeoutError, match=r"no result after 0\.05 s"):
        job.result(0.05)
    assert job.result(START) == "done"


def test_a_worker_starts_while_the_main_script_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's `__main__` is the page's script: a worker must not import it."""
    page = ModuleType("__main__")
    page.__file__ = "/nowhere/page.py"
    monkeypatch.setitem(sys.modules, "__main__", page)
    workers = Workers(count=1, tasks=SLOW)
    try:
        assert workers.submit("process_number").result(START) > 0
        assert sys.modules["__main__"] is page
    finally:
        workers.close()


def test_an_unknown_task_is_refused(pool: Workers) -> None:
    with pytest.raises(ValueError, match="task is 'fly'; known are cannot_be_mapped, dies, half_way, in_quarters"):
        pool.submit("fly")


def test_the_tasks_that_ship_exist() -> None:
    import importlib

    for place in TASKS.values():
        module, _, name = place.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_many_first_calls_at_once_start_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def slow_pool() -> object:
        made.append(1)
        time.sleep(0.05)
        return object()

    monkeypatch.setattr(workers_module, "_workers", functools.cache(slow_pool))
    with ThreadPoolExecutor(8) as callers:
        pools = {id(pool) for pool in callers.map(lambda _: workers_module.workers(), range(8))}
    assert len(made) == len(pools) == 1


def test_finished_jobs_leave_no_files_and_a_full_queue_is_told(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "MOST_WAITING", 1)
    first = pool.submit("half_way", seconds=0.5)
    with pytest.raises(TooManyJobs, match="1 jobs wait already; at most 1 do"):
        pool.submit("process_number")
    first.result(START)
    wait_for(lambda: not list(pool._folder.iterdir()))
    assert pool.submit("process_number").result(START)


def test_many_jobs_at_once_do_not_overfill_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowPool:
        def schedule(self, *arguments: object, **options: object) -> Future:
            time.sleep(0.05)
            return Future()

    workers = Workers(count=1, tasks=SLOW)
    real = workers._pool
    monkeypatch.setattr(workers, "_pool", SlowPool())
    monkeypatch.setattr(workers_module, "MOST_WAITING", 2)

    def accepted(_: int) -> bool:
        try:
            workers.submit("process_number")
        except TooManyJobs:
            return False
        return True

    try:
        with ThreadPoolExecutor(8) as callers:
            assert sum(callers.map(accepted, range(8))) == 2
    finally:
        workers._pool = real
        workers.close()


def test_a_job_that_could_not_be_queued_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(count=1, tasks=SLOW)
    workers.close()
    for _ in range(2 * workers_module.MOST_WAITING):
        with pytest.raises(RuntimeError):
            workers.submit("process_number")


def test_the_setting_says_how_many_workers_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENT_EXPLORER_WORKERS", raising=False)
    assert worker_count() == 2
    monkeypatch.setenv("LATENT_EXPLORER_WORKERS", "3")
    assert worker_count() == 3
    for wrong in ("0", "33", "many", "-1"):
        monkeypatch.setenv("LATENT_EXPLORER_WORKERS", wrong)
        with pytest.raises(ValueError, match=f"LATENT_EXPLORER_WORKERS is '{wrong}'; it must be a whole number from"):
            worker_count()


def test_a_worker_compiles_maps_unless_it_is_told_to_bring_libraries_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module.os, "nice", lambda _: 0)
    maps = importlib.import_module("jobs.map_tasks")
    warmed = []
    monkeypatch.setattr(maps, "warm_up", lambda: warmed.append(True))
    for word, times in (("libraries", 0), ("maps", 1), ("", 2)):
        monkeypatch.setenv("LATENT_EXPLORER_WARM", word)
        workers_module.warm_up()
        assert len(warmed) == times
    monkeypatch.setenv("LATENT_EXPLORER_WARM", "nothing")
    with pytest.raises(ValueError, match="LATENT_EXPLORER_WARM is 'nothing'; it must be maps or libraries"):
        workers_module.warm_up()
