"""A Ray cluster of one machine, for as long as a test or a benchmark needs it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 120.0
STARTED = "Ray runtime started"
TRIES = 4  # Ray gives its own parts 30 s to start, which a machine that is busy with other tests may not have


@contextmanager
def local_ray(cpus: int = 2) -> Iterator[str]:
    """The address of its dashboard, http://127.0.0.1:PORT; it has that many processor cores to give away.

    The `python` of its jobs is this one. Raises RuntimeError, with what Ray said, when it does not start.
    """
    place = Path(tempfile.mkdtemp(prefix="ray-"))  # short: sockets are in it
    log = place / "start.log"
    try:
        for _ in range(TRIES):
            head, address = _started(place, log, cpus)
            try:
                if _answers(address, head, log):
                    yield address
                    return
            finally:
                _end(head)
        raise RuntimeError(f"Ray did not start: {log.read_text(errors='replace')[-4000:]}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return holder.getsockname()[1]


def _started(place: Path, log: Path, cpus: int) -> tuple[subprocess.Popen, str]:
    here, dashboard = Path(sys.executable).parent, free_port()
    settings = {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    settings |= {"RAY_worker_niceness": "0", "RAY_USAGE_STATS_ENABLED": "0"}
    ports = {"port": free_port(), "dashboard-port": dashboard, "dashboard-agent-listen-port": free_port()}
    ports |= {"ray-client-server-port": free_port()}
    command = [str(here / "ray"), "start", "--head", "--block", *(f"--{name}={port}" for name, port in ports.items())]
    command += ["--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1", "--include-dashboard=true", "--no-monitor"]
    command += [f"--num-cpus={cpus}", f"--temp-dir={place}", "--object-store-memory=80000000"]
    with log.open("wb") as output:
        head = subprocess.Popen(
            command, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    return head, f"http://127.0.0.1:{dashboard}"


def _answers(address: str, head: subprocess.Popen, log: Path) -> bool:
    """Whether all of it has started, and its dashboard answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and head.poll() is None:
        if STARTED in log.read_text(errors="replace"):
            with suppress(OSError), urllib.request.urlopen(f"{address}/api/version", timeout=5):
                return True
        time.sleep(0.2)
    return False


def _end(head: subprocess.Popen) -> None:
    """The head ends what it started; what is left of its session is killed."""
    head.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        head.wait(5)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(head.pid, signal.SIGKILL)
