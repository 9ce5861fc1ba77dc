"""A run on a Ray that the test starts: followed, steered and rescued by its folder, it is the run of one process.

Run by tests/test_extras.py with the interpreter of .venv-extras.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ray.job_submission import JobSubmissionClient

import jobs
from benchmarks.launchers import GOAL, largest_difference
from benchmarks.ray_cluster import free_port, local_ray
from jobs import RunHandle, RunRequest, find_run, order_run, start_run
from jobs.launchers import ray_job
from vae_core.__main__ import app as command_line
from vae_core.checkpoint import load_evaluation, read_metrics, read_steps
from vae_core.training import Order, RunStatus

pytestmark = pytest.mark.timeout(580)  # a busy machine takes minutes to start Ray; nothing here is timed
REQUEST = RunRequest("by-ray", data="digits", epochs=10, batch_size=64, snapshots=True)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with local_ray() as address:
        yield address


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a server that sends its runs to Ray; each test says which one."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_LAUNCHER", "ray")
    monkeypatch.setenv("LATENT_EXPLORER_RAY_WORKERS", "2")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def when(name: str, condition: Callable[[RunStatus], bool], what: str, seconds: float = 240.0) -> RunStatus:
    """The status of the run as soon as it is so."""
    end = time.monotonic() + seconds
    while not condition((run := watched(name)).status):
        assert time.monotonic() < end, f"never: {what}; {run.status}\n{run.log_tail()}"
        time.sleep(0.1)
    return run.status


def watched(name: str) -> RunHandle:
    run = find_run(name)
    assert run is not None, f"the run {name} is gone"
    return run


def wait_for_job(address: str) -> str:
    """How the cluster says that its only job ended."""
    client = JobSubmissionClient(address)
    end = time.monotonic() + 60
    while not (job := client.list_jobs()[0]).status.is_terminal() and time.monotonic() < end:
        time.sleep(0.2)
    return job.status.value


def in_one_process(folder: Path) -> Path:
    """The folder of the same run by the command line, in this one process."""
    command_line(jobs.run_command(REQUEST, folder)[3:], standalone_mode=False)
    return folder


def test_two_workers_train_as_one_process_whatever_happens_to_them(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    start_run(REQUEST)
    order_run("by-ray", Order("slow", delay=0.1))
    one = in_one_process(tmp_path / "by-hand")
    when("by-ray", lambda now: now.epoch >= 1 and now.step >= 2, "the first epoch")
    order_run("by-ray", Order("pause"))
    paused = when("by-ray", lambda now: now.state == "paused", "a pause")
    time.sleep(1)
    assert (watched("by-ray").status.epoch, watched("by-ray").status.step) == (paused.epoch, paused.step)
    os.kill(paused.pid, signal.SIGKILL)  # those in its place resume the run, and know nothing of the pause
    last = when("by-ray", lambda now: now.state == "finished", "the end")
    assert last.pid != paused.pid
    folder = tmp_path / "by-ray"
    assert read_steps(folder)[-1]["step"] == 200 and len(read_metrics(folder)) == 10
    assert largest_difference(one, folder) <= GOAL
    assert load_evaluation(folder)["training"]["command"].startswith("python -m vae_core train --data digits")
    assert sorted(file.name for file in one.iterdir()) == sorted(file.name for file in folder.iterdir())
    assert wait_for_job(cluster) == "SUCCEEDED"
    assert "Ray job by-ray-" in (folder / "run" / "log.txt").read_text()


def test_a_cluster_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    address, folder = f"http://127.0.0.1:{free_port()}", tmp_path / "by-ray"
    monkeypatch.setenv("RAY_ADDRESS", address)
    monkeypatch.setattr(sys, "argv", ["ray_job", "--workers", "2", "--", "train", "--out", str(folder)])
    assert ray_job.main() == 1
    status = watched("by-ray").status
    assert status.state == "failed"
    assert status.message.startswith(f"the Ray cluster at {address} does not take the run (")
    assert status.message in capsys.readouterr().out
