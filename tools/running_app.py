"""The app as a process of its own on a free port, for tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class RunningApp:
    """A started server: its address without a slash at the end, its process, and the file with what it printed."""

    url: str
    process: subprocess.Popen
    log: Path


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(app: RunningApp, seconds: float) -> None:
    """Returns when the server answers; raises RuntimeError with its output when it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and app.process.poll() is None:
        try:
            with urllib.request.urlopen(app.url + "/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the server at {app.url} did not answer within {seconds} s:\n{app.log.read_text()}")


@contextmanager
def running_app(
    script: Path = PROJECT / "app.py",
    checkpoints: Path | None = None,
    data: Path | None = None,
    arguments: tuple[str, ...] = (),
    seconds: float = 60,
    python_path: Path | None = None,
    port: int | None = None,
    base_path: str = "",
) -> Iterator[RunningApp]:
    """Starts `streamlit run script` on a port (a free one by default) and ends it on leaving.

    `checkpoints` and `data` set LATENT_EXPLORER_CHECKPOINTS and LATENT_EXPLORER_DATA; `python_path`
    PYTHONPATH; `base_path` serves the app below it; `arguments` go to Streamlit.
    Raises RuntimeError with the server's output when it does not answer within `seconds`.
    """
    settings = {"LATENT_EXPLORER_CHECKPOINTS": checkpoints, "LATENT_EXPLORER_DATA": data, "PYTHONPATH": python_path}
    environment = {**os.environ, **{name: str(value) for name, value in settings.items() if value}}
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += [
        "--server.headless",
        "true",
        "--server.address",
        "127.0.0.1",
        "--server.baseUrlPath",
        base_path,
        *arguments,
    ]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=script.parent, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        app = RunningApp(f"http://127.0.0.1:{port}/{base_path}".rstrip("/"), process, log)
        try:
            wait_until_healthy(app, seconds)
            yield app
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Asks the process to end, and kills it when it has not after 10 s."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
