"""Tasks for the tests of the workers; the workers import them by name."""

from __future__ import annotations

import os
import time

from jobs.progress import Report


def process_number(report: Report) -> int:
    return os.getpid()


def priority(report: Report) -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def half_way(seconds: float, report: Report) -> str:
    report(0.5, "half way")
    time.sleep(seconds)
    return "done"


def wrong(report: Report) -> None:
    raise ValueError("the number is 3; it must be 2")


def dies(report: Report) -> None:
    os._exit(7)
