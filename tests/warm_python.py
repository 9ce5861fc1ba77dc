"""`python -m MODULE` or `-c CODE` as a process of its own that need not import torch: forked from one that has.

    python -m tests.warm_python SOCKET_FD

A process that starts from nothing takes three to five seconds of processor time until its first line. This one imports
what they need, once, and forks at each request: the child has its own id, folder, environment and output, gets signals
and ends as any other. It has one thread, so that nothing is held by a thread that the child lacks.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

NEEDED = ("torch._dynamo", "torch.distributed.run", "torch.onnx", "sklearn.datasets", "sklearn.linear_model")
OURS = ("vae_core.__main__", "vae_core.training", "jobs.run_queue")
MOST_BYTES = 1 << 20  # of one request


def serve(channel: socket.socket) -> Callable[[], None]:
    """Forks at each request until the channel is closed; gives, in a child, what it has to run."""
    told: dict[int, int] = {}  # child -> where its end is told
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([channel, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(told)
        if channel not in ready:
            continue
        words, files, _, _ = socket.recv_fds(channel, MOST_BYTES, 4)
        if not words:
            sys.exit()
        if (child := os.fork()) == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel.close()
            for other in (woken, wake, *told.values()):
                os.close(other)
            return _become(json.loads(words), files)
        told[child] = files.pop()
        for file in files:
            os.close(file)
        channel.send(child.to_bytes(4, "little"))


def _tell_ends(told: dict[int, int]) -> None:
    for child in list(told):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            place = told.pop(child)
            with suppress(BrokenPipeError):  # nobody asks any more
                os.write(place, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(place)


def _become(asked: dict, files: list[int]) -> Callable[[], None]:
    """Makes of this process the one that was asked for, up to running its module."""
    os.close(files.pop())
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    if asked["session"]:
        os.setsid()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[:1] = [asked["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv[:] = [asked["how"], *asked["arguments"]]
    if asked["how"] == "-m":
        return lambda: runpy.run_module(asked["what"], run_name="__main__", alter_sys=True)
    return lambda: exec(compile(asked["what"], "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    for name in NEEDED + OURS:
        __import__(name)
    gc.freeze()  # the children share what is here: no collection of theirs may touch it
    serve(socket.socket(fileno=int(sys.argv[1])))()
