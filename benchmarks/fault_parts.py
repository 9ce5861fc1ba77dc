"""The faults themselves: what `benchmarks.faults` does to runs, servers, disks and folders."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file

import jobs
from benchmarks.fault_checks import Faults, check_files, expect_state, kill, watch
from jobs import RunRefused, RunRequest, run_process
from tools.running_app import PROJECT, end, free_port
from vae_core.training.liveness import process_start

ENDED = ("finished", "stopped", "failed")
LONGEST_WATCH = 8.0  # seconds between two kills of a run, at most


@contextmanager
def checkpoints(root: Path | None = None) -> Iterator[Path]:
    """A folder of checkpoints of its own, which jobs and everything that is started look at."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = root or Path(name)
        settings = {"LATENT_EXPLORER_CHECKPOINTS": str(root), "LATENT_EXPLORER_CACHE": f"{name}/cache"}
        run_process.NICENESS = 0  # beside other work a run of low priority would take minutes to start
        before = dict(os.environ)
        os.environ.update(settings, OMP_NUM_THREADS="1", LATENT_EXPLORER_WORKERS="1", LATENT_EXPLORER_WARM="libraries")
        try:
            yield root
        finally:
            for run in jobs.list_runs():
                kill(run.status.pid) if run.status.alive else None
            os.environ.clear()
            os.environ.update(before)


def request(name: str, epochs: int) -> RunRequest:
    """A tiny run that holds everything a state must: a running average, clipped gradients, a falling rate."""
    options = {"hidden": "32", "ema": "0.99", "clip_norm": "100", "schedule": "cosine", "patience": "100000"}
    return RunRequest(name, likelihood="bernoulli", epochs=epochs, batch_size=100, options=options)


def reference(epochs: int) -> tuple[dict[str, torch.Tensor], float]:
    """The weights of the same run left alone, and how long it took from start to end, seconds."""
    started = time.monotonic()
    jobs.start_run(request("whole", epochs))
    wait_for_end("whole", 600)
    return load_file(jobs.find_run("whole").folder / "model.safetensors"), time.monotonic() - started


def wait_for_end(name: str, seconds: float) -> str:
    """The state in which the run ended; RuntimeError with its log when it does not in time."""
    deadline = time.monotonic() + seconds
    while jobs.find_run(name) is None or jobs.find_run(name).status.state not in ENDED:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} does not end: {jobs.find_run(name)}\n{jobs.find_run(name).log_tail()}")
        time.sleep(0.1)
    return jobs.find_run(name).status.state


def same(folder: Path, weights: dict[str, torch.Tensor]) -> bool:
    found = load_file(folder / "model.safetensors")
    return found.keys() == weights.keys() and all(torch.equal(found[name], weights[name]) for name in weights)


def kill_runs(options: argparse.Namespace, faults: Faults) -> None:
    """Kill runs until there were as many kills as were asked for; compare each that comes to its end."""
    chance, number, kills = random.Random(options.seed), 0, 0
    with checkpoints():
        weights, seconds = reference(options.epochs)
        run = None
        while kills < options.kills or run is not None:
            if run is None:
                number += 1
                run = jobs.start_run(request(f"run-{number}", options.epochs))
            name = run.name
            last = kills >= options.kills
            watch(name, 600 if last else chance.uniform(0, min(0.6 * seconds, LONGEST_WATCH)), faults, until=ENDED)
            now = jobs.find_run(name)
            if now.status.state in ENDED:
                check_files(now.folder, faults)
                if now.status.state != "finished" or not same(now.folder, weights):
                    faults.note("lost", f"{name} ended as {now.status.state}, {now.status.message!r}, or otherwise")
                run = None
                continue
            kills += kill(now.status.pid)
            faults.done["run killed"] = kills
            check_files(now.folder, faults)
            if expect_state(name, ("failed", "finished"), faults).state == "failed":
                run = continued(name, faults)


def continued(name: str, faults: Faults) -> jobs.RunHandle | None:
    try:
        return jobs.continue_run(name)
    except RunRefused as refusal:
        faults.note("lost", f"{name}: {refusal}")
        return None


@contextmanager
def two_servers() -> Iterator[list[subprocess.Popen]]:
    servers = [server(), server()]
    try:
        yield servers
    finally:
        for process in servers:
            end(process)


def server() -> subprocess.Popen:
    """The app on a free port, on the folder of the environment; does not wait until it answers."""
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), "--server.headless", "true"]
    command += ["--server.port", str(free_port()), "--server.address", "127.0.0.1"]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_servers(options: argparse.Namespace, faults: Faults) -> None:
    """Kill one of two servers again and again, every second time the run with it; the queue goes on all the same."""
    chance = random.Random(options.seed)
    with checkpoints(), two_servers() as servers:
        waiting = [f"queue-{number}" for number in range(options.server_kills // 2 + 2)]
        for name in waiting:
            jobs.start_run(request(name, 1_000_000))
        for number in range(options.server_kills):
            current = the_one_that_trains(faults)
            watch(current.name, chance.uniform(0.5, 6.0), faults)
            which = number % 2
            with_run = number % 4 >= 2
            if with_run:
                kill(jobs.find_run(current.name).status.pid)
            kill(servers[which].pid)
            servers[which].wait()
            faults.done["server killed"] += 1
            faults.done["run killed with it"] += with_run
            check_files(current.folder, faults)
            if with_run:
                expect_state(current.name, ("failed",), faults)
                after = the_one_that_trains(faults)
                if after.name != waiting[waiting.index(current.name) + 1]:
                    faults.note("wrong", f"after {current.name} came {after.name}")
            else:
                expect_state(current.name, ("starting", "running"), faults)
            servers[which] = server()
        for name in waiting:
            if jobs.find_run(name) is None:
                faults.note("lost", name)


def the_one_that_trains(faults: Faults, seconds: float = 60) -> jobs.RunHandle:
    """The run that is under way, once there is one; more than one at a time is a wrong state."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        alive = [run for run in jobs.list_runs() if run.status.alive]
        if len(alive) > 1:
            faults.note("wrong", f"{[run.name for run in alive]} at once")
        if alive:
            return alive[0]
        time.sleep(0.05)
    raise RuntimeError(f"the queue does not go on: {jobs.list_runs()}")


def fill_disk(options: argparse.Namespace, faults: Faults) -> None:
    """Fill a small file system up while a run trains, and make room again; also start a run when it is full."""
    with checkpoints():
        weights, _ = reference(options.epochs)
    with small_disk(options.disk_bytes) as place, checkpoints(place / "checkpoints"):
        for number in range(options.fills):
            name = f"full-{number}"
            jobs.start_run(request(name, options.epochs))
            watch(name, 30, faults, until=("running",))
            time.sleep(random.Random(number).uniform(0.0, 1.0))
            ballast(place)
            faults.done["disk full"] += 1
            waits = expect_state(name, ("paused", "finished"), faults, seconds=20)
            if waits and waits.state == "paused" and "No space is left" not in waits.message:
                faults.note("wrong", f"it waits and says {waits.message!r}")
            check_files(jobs.find_run(name).folder, faults)
            try:
                jobs.start_run(request(f"refused-{number}", 5))
                faults.note("wrong", "a run was started on a full disk")
            except RunRefused:
                faults.done["start on a full disk"] += 1
            (place / "ballast").unlink()
            if wait_for_end(name, 300) != "finished" or not same(jobs.find_run(name).folder, weights):
                faults.note("lost", f"{name}: {jobs.find_run(name).status}")
            check_files(jobs.find_run(name).folder, faults)
            shutil.rmtree(jobs.find_run(name).folder)


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """A file system in memory of so many bytes; needs the right to mount one."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def ballast(place: Path) -> None:
    """A file that takes all the room there is."""
    try:
        with (place / "ballast").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))
    except OSError:
        return


def remove_folders(options: argparse.Namespace, faults: Faults) -> None:
    """Remove or move a run's folder while it trains; its process ends and writes nothing again."""
    with checkpoints() as root:
        for number in range(options.removals):
            name = f"gone-{number}"
            folder = jobs.start_run(request(name, 1_000_000)).folder
            status = expect_state(name, ("running",), faults, seconds=60)
            time.sleep(random.Random(number).uniform(0.0, 1.5))
            if number % 2:
                folder.rename(root.parent / f"{root.name}-{name}")
                faults.done["folder moved"] += 1
            else:
                remove(folder)
                faults.done["folder removed"] += 1
            deadline = time.monotonic() + 10
            while process_start(status.pid) and time.monotonic() < deadline:
                time.sleep(0.02)
            if process_start(status.pid):
                faults.note("wrong", f"the process of {name} goes on without its folder")
                kill(status.pid)
            if folder.exists():
                faults.note("wrong", f"{name} was made again: {sorted(folder.rglob('*'))[:3]}")
            if jobs.find_run(name) is not None:
                faults.note("wrong", f"{name} is still shown")
            shutil.rmtree(root.parent / f"{root.name}-{name}", ignore_errors=True)


def remove(folder: Path) -> None:
    """As a person would: again where the run wrote a file just then."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
