"""What keeps the hand smooth in a process that also runs page scripts: done at start-up, told by /live/health."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

import jobs
import store
from live.protocol import VERSION
from live.wire import send_at_once

LOG = logging.getLogger(__name__)
DEFAULT_MODEL = "mnist-16d"

# A thread that computes in Python gives the interpreter lock up after this many seconds instead of 0.005: a decode asks
# for the lock several times, and waited up to 5 ms for each.
SWITCH_INTERVAL = 0.0002


class StartUp:
    """What happens once when the server starts, and how far it came."""

    def __init__(self) -> None:
        self.state = "starting"
        self.seconds = 0.0
        self.sends_at_once = False

    def run(self) -> None:
        """Imports the libraries, loads and runs the first model, then freezes what is there: about two seconds."""
        started = time.perf_counter()
        try:
            _one_thread_each()
            _warm_first_model()
        except Exception:
            LOG.exception("The first model could not be loaded; the pages say what is wrong with it")
        _freeze()
        self.state, self.seconds = "ready", round(time.perf_counter() - started, 3)


START_UP = StartUp()


@asynccontextmanager
async def tuned(_app: object) -> AsyncIterator[dict[str, Any]]:
    """The lifespan of the app: sets the switch interval, has small messages sent at once, and warms up in a thread."""
    START_UP.sends_at_once = send_at_once() > 0
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()  # importing torch creates many objects that live as long as the server; `_freeze` switches it on again
    threading.Thread(target=START_UP.run, name="start-up", daemon=True).start()
    jobs.keep_queue()
    yield {}


def health(settings: Callable[[], dict[str, Any]] = dict) -> dict[str, Any]:
    """What is in force in this process; `settings` adds the host's own options."""
    torch = sys.modules.get("torch")
    return {
        "state": START_UP.state,
        "start_up_seconds": START_UP.seconds,
        "protocol_versions": [VERSION],
        "sends_at_once": START_UP.sends_at_once,
        "switch_interval": sys.getswitchinterval(),
        "frozen_objects": gc.get_freeze_count(),
        "garbage_collection": gc.isenabled(),
        "full_collections": gc.get_stats()[2]["collections"],
        "torch_threads": torch.get_num_threads() if torch and START_UP.state == "ready" else None,
        "models": list(store.names_in_memory()),
        "settings": settings(),
    }


def _one_thread_each() -> None:
    """One thread for a computation of torch or numpy; more fight with pictures and pages for the cores.

    A decode is too small to share. The nearest of a million latents took two threads 1.7 times the processor time that
    it takes one, and were no sooner there beside other work.
    """
    import torch
    from threadpoolctl import threadpool_limits

    from store.fast_decoder import share_long_lists

    torch.set_num_threads(1)
    share_long_lists()  # of latents, by ONNX Runtime: a row of previews is there in half the time
    threadpool_limits(1, user_api="blas")  # not as a context: it holds as long as the server


def _warm_first_model() -> None:
    names = [summary.name for summary in store.list_models() if summary.problem is None]
    if not names:
        return
    model = store.model(DEFAULT_MODEL if DEFAULT_MODEL in names else names[0])
    for _ in range(3):  # the first calls of an operator are slower
        model.decode(np.zeros((1, model.latent_dim), dtype=np.float32))


def _freeze() -> None:
    """Takes everything that lives as long as the server out of the garbage collector's sight.

    A full collection walked all of torch: 130 ms during which nobody's hand was answered.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
