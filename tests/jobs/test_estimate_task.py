"""The estimate: one real one, and what is told of one that waits, is cancelled, or fails."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest

from jobs import RunRequest
from jobs.estimate_task import EstimateJob, Estimates, estimate_command, estimate_key, seconds_of, wait_for

SLOW = [sys.executable, "-c", 'import time; print(\'{"share": 0.5, "message": "half"}\', flush=True); time.sleep(60)']


@pytest.mark.usefixtures("warm_processes")
def test_a_real_run_is_estimated_and_nothing_stays_of_it() -> None:
    request = RunRequest("mine", epochs=3, options={"objective": "beta-vae", "beta": "2.0"})
    estimates = Estimates()
    job = estimates.ask(request)
    now = wait_for(job, 150)
    assert now.state == "done", now.message
    found = now.found
    parts = found["start_seconds"] + 3 * found["epoch_seconds"] + found["results_seconds"]
    assert found["seconds"] == pytest.approx(parts)
    assert 5e7 < found["memory_bytes"] < 2e9
    assert 5e4 < found["checkpoint_bytes"] < 5e6
    assert found["steps"] > 0
    longer = replace(request, name="other", epochs=300, seed=4)
    assert estimates.known(longer) is job, "another length needs no other measuring"
    assert seconds_of(found, 300) > 50 * found["epoch_seconds"]
    assert estimates.known(replace(request, batch_size=8)) is None


def test_it_measures_the_command_that_start_runs() -> None:
    command = estimate_command(RunRequest("mine", "mnist", options={"conditional": "true"}))
    assert command[1:4] == ["-m", "vae_core", "estimate"]
    assert "--out" not in command
    assert {"--conditional", "--json", "mnist"} <= set(command)
    assert estimate_key(RunRequest("a", "mnist")) != estimate_key(RunRequest("a", "fashion"))


def test_one_that_is_cancelled_ends_at_once() -> None:
    job = EstimateJob(SLOW)
    from threading import Thread

    thread = Thread(target=job.run)
    thread.start()
    deadline = time.monotonic() + 30
    while job.now.message != "half" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (job.now.state, job.now.share) == ("running", 0.5)
    job.cancel()
    thread.join(20)
    assert not thread.is_alive()
    assert job.now.state == "cancelled"
    job.run()
    assert job.now.state == "cancelled", "it is not begun again"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit('Error: the images are gone. Put them back.')", "The images are gone. Put them back."),
        ("raise SystemExit(3)", "The measuring ended without an answer (code 3). Start the run all the same"),
    ],
)
def test_one_that_fails_says_why(script: str, sentence: str) -> None:
    job = EstimateJob([sys.executable, "-c", script])
    job.run()
    assert job.now.state == "failed"
    assert sentence in job.now.message
