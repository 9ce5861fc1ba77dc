"""A run on a Ray that the test starts: followed, steered and rescued by its folder, it is the run of one process.

Run by tests/test_extras.py with the interpreter of .venv-extras.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.launchers import GOAL, largest_difference, train_command, trained, with_launcher
from benchmarks.ray_cluster import free_port, local_ray
from vae_core.checkpoint import load_evaluation, read_metrics, read_steps
from vae_core.training import Order, RunStatus, give_order, read_status

pytestmark = pytest.mark.timeout(580)  # a busy machine takes minutes to start Ray; nothing here is timed
TWO_HUNDRED = argparse.Namespace(data="digits", epochs=10, batch_size=64)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with local_ray() as address:
        yield address


def submitted(folder: Path, address: str) -> subprocess.Popen:
    """The process that hands the run to the cluster and stays with it; its output is in the file beside the folder."""
    command = with_launcher(train_command(folder, TWO_HUNDRED), "ray", address)
    with folder.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(command, env=os.environ | {"RAY_ADDRESS": address}, stdout=log, stderr=log)


def when(folder: Path, condition: Callable[[RunStatus], bool], what: str, seconds: float = 240.0) -> RunStatus:
    """The status of the run as soon as it is so."""
    end = time.monotonic() + seconds
    while (status := read_status(folder)) is None or not condition(status):
        assert time.monotonic() < end, f"never: {what}; {status}\n{folder.with_suffix('.log').read_text()[-4000:]}"
        time.sleep(0.1)
    return status


def test_two_workers_train_as_one_process_whatever_happens_to_them(cluster: str, tmp_path: Path) -> None:
    one, folder = trained(tmp_path, "one", TWO_HUNDRED), tmp_path / "by-ray"
    (folder / "run").mkdir(parents=True)
    give_order(folder, Order("slow", delay=0.1))
    process = submitted(folder, cluster)
    first = when(folder, lambda now: now.epoch >= 1 and now.step >= 2, "the first epoch")
    os.kill(first.pid, signal.SIGKILL)
    when(folder, lambda now: now.pid != first.pid and now.state == "running", "a worker in place of the lost one")
    give_order(folder, Order("pause"))
    paused = when(folder, lambda now: now.state == "paused", "a pause")
    time.sleep(1)
    assert read_status(folder).step == paused.step and read_status(folder).epoch == paused.epoch
    give_order(folder, Order("slow", delay=0.0))
    give_order(folder, Order("resume"))
    assert process.wait(240) == 0, folder.with_suffix(".log").read_text()[-4000:]
    assert read_status(folder).state == "finished"
    assert read_steps(folder)[-1]["step"] == 200 and len(read_metrics(folder)) == 10
    assert largest_difference(one, folder) <= GOAL
    assert load_evaluation(folder)["training"]["command"].startswith("python -m vae_core train --data digits --epochs")
    assert sorted(file.name for file in one.iterdir()) == sorted(file.name for file in folder.iterdir())
    assert list((tmp_path / ".ray").iterdir()) == []


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    address = f"http://127.0.0.1:{free_port()}"
    assert submitted(folder, address).wait(120) == 1
    status = read_status(folder)
    assert status.state == "failed"
    assert status.message.startswith(f"the Ray cluster at {address} does not take the run (")
    assert "Traceback" not in folder.with_suffix(".log").read_text()
