"""Stands for `subprocess.Popen` where a test starts Python: forked from a process that has torch already."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from tools.running_app import PROJECT

COLD = subprocess.Popen  # what tests put this in the place of
PIPE, STDOUT, DEVNULL = subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL


class WarmPython:
    """The process that forks, and the way to ask it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._asking = threading.Lock()

    def _start(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.warm_python", str(theirs.fileno())]
        self._process = COLD(command, cwd=PROJECT, pass_fds=(theirs.fileno(),))
        theirs.close()

    def fork(self, asked: dict[str, Any], files: list[int]) -> int:
        """The id of the new process. files: its input, output and errors, and where its end is told."""
        with self._asking:
            if self._process is None:
                self._start()
            socket.send_fds(self._channel, [json.dumps(asked).encode()], files)
            return int.from_bytes(self._channel.recv(4), "little")

    def popen(self, command: list[Any], **options: Any) -> subprocess.Popen | WarmProcess:
        """As `subprocess.Popen`; what is not `python -m` or `python -c` is started as ever."""
        words = [os.fspath(word) for word in command]
        if words[0] != sys.executable or words[1] not in ("-m", "-c") or sys.platform != "linux":
            return COLD(command, **options)
        return WarmProcess(self, words, **options)

    def close(self) -> None:
        """Ends it."""
        if self._process:
            self._channel.close()
            self._process.wait(20)


class WarmProcess:
    """What of `subprocess.Popen` the project uses, of a process that was forked warm."""

    def __init__(
        self,
        python: WarmPython,
        command: list[str],
        *,
        cwd: Path | str | None = None,
        env: dict[str, str] | None = None,
        stdin: int | IO | None = None,
        stdout: int | IO | None = None,
        stderr: int | IO | None = None,
        text: bool = False,
        start_new_session: bool = False,
    ) -> None:
        self.args, self.returncode, self.stdin = command, None, None
        asked = {"how": command[1], "what": command[2], "arguments": command[3:], "session": start_new_session}
        asked |= {"folder": str(cwd or Path.cwd()), "environment": dict(env or os.environ)}
        nothing = os.open(os.devnull, os.O_RDWR)
        self.stdout, out = _written(stdout, text, 1, nothing)
        self.stderr, errors = (None, out) if stderr == STDOUT else _written(stderr, text, 2, nothing)
        self._end, told = os.pipe()
        self.pid = python.fork(asked, [nothing, out, errors, told])
        for file in {nothing, told, *(part for part, kept in ((out, self.stdout), (errors, self.stderr)) if kept)}:
            os.close(file)

    def poll(self) -> int | None:
        """The exit code, or minus the signal; None while it runs."""
        return self._awaited(0)

    def wait(self, timeout: float | None = None) -> int:
        """The same once it is over. Raises subprocess.TimeoutExpired."""
        if self._awaited(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def _awaited(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], seconds)[0]:
            self.returncode = int(os.read(self._end, 20))
            os.close(self._end)
        return self.returncode

    def communicate(self, input: None = None, timeout: float | None = None) -> tuple[Any, Any]:
        """What it wrote until its end. Raises subprocess.TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        said: dict[IO, Any] = {}
        readers = [
            threading.Thread(target=lambda file=file: said.update({file: file.read()}), daemon=True)
            for file in (self.stdout, self.stderr)
            if file
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(None if end is None else max(0.0, end - time.monotonic()))
        self.wait(None if end is None else max(0.0, end - time.monotonic()))
        return said.get(self.stdout), said.get(self.stderr)

    def send_signal(self, number: int) -> None:
        """Sends a signal unless it is over."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self.stdout, self.stderr):
            if file:
                file.close()
        self.wait()


def _written(place: int | IO | None, text: bool, ours: int, nothing: int) -> tuple[IO | None, int]:
    """Where we read what it writes, if it is a pipe, and what it writes to."""
    if place == PIPE:
        read, write = os.pipe()
        return os.fdopen(read, "r" if text else "rb"), write
    if place is None:
        return None, ours
    return None, nothing if place == DEVNULL else place if isinstance(place, int) else place.fileno()
