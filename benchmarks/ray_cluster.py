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
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 120.0


@contextmanager
def local_ray(cpus: int = 2) -> Iterator[str]:
    """The address of its dashboard, http://127.0.0.1:PORT; it has that many processor cores to give away.

    The `python` of its jobs is this one. Raises RuntimeError, with what Ray said, when it does not start.
    """
    place = Path(tempfile.mkdtemp(prefix="ray-"))  # short: sockets are in it
    here = Path(sys.executable).parent
    port, dashboard = free_port(), free_port()
    settings = {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "RAY_USAGE_STATS_ENABLED": "0"}
    settings |= {"RAY_worker_niceness": "0", "OMP_NUM_THREADS": "1"}
    command = [str(here / "ray"), "start", "--head", "--block", f"--port={port}", f"--num-cpus={cpus}"]
    command += ["--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}", "--include-dashboard=true"]
    command += [f"--dashboard-agent-listen-port={free_port()}"]
    command += [f"--ray-client-server-port={free_port()}", f"--temp-dir={place}", "--object-store-memory=80000000"]
    with (place / "start.log").open("wb") as log:
        head = subprocess.Popen(
            command, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    address = f"http://127.0.0.1:{dashboard}"
    try:
        _wait_until_it_answers(address, head, place / "start.log")
        yield address
    finally:
        _end(head)
        shutil.rmtree(place, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return holder.getsockname()[1]


def _wait_until_it_answers(address: str, head: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and head.poll() is None:
        with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(f"{address}/api/version", timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"Ray did not start: {log.read_text(errors='replace')[-4000:]}")


def _end(head: subprocess.Popen) -> None:
    """The head ends what it started; what is left of its session is killed."""
    head.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        head.wait(20)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(head.pid, signal.SIGKILL)
