"""Tasks for the tests of the workers; the workers import them by name."""

from __future__ import annotations

import os
import signal
import time

from jobs.progress import Report


def process_number(report: Report) -> int:
    return os.getpid()


def priority(report: Report) -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def half_way(seconds: float, report: Report) -> str:
    report(0.4, "nearly half way", {"there": [1, 2]})
    report(0.5, "half way")
    time.sleep(seconds)
    return "done"


def in_quarters(seconds: float, report: Report) -> None:
    report(0.0, "in quarters")
    time.sleep(seconds)
    report(0.75, "in quarters")
    time.sleep(seconds / 3)


def cannot_be_mapped(report: Report) -> None:
    from vae_core.latent.maps import MapError

    raise MapError("There are 3 images to map.")


def wrong(report: Report) -> None:
    raise ValueError("the number is 3; it must be 2")


def dies(report: Report) -> None:
    os._exit(7)


def is_killed(report: Report) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_while_writing(folder: str, report: Report) -> None:
    """Ends as a process does that is killed in the middle of writing a map."""
    import numpy as np

    from store.cache_files import write_kept

    os.environ["LATENT_EXPLORER_CACHE"] = folder
    os.fsync = lambda descriptor: os._exit(7)
    write_kept("maps", "0" * 16, {"points": np.zeros((1000, 2))})
