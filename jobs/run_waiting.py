"""What a run that waits waits for, in a sentence that says the way out."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.run_handles import list_runs

NAMED = 2  # runs that go, the others are counted


def waiting_words(name: str) -> str:
    """Which runs have to end before the queued run ``name`` begins, and that a paused one must be told to."""
    runs = list_runs()
    going = [run for run in runs if run.status.alive]
    queued = [run.name for run in runs if run.queued]
    ahead = queued.index(name) if name in queued else 0
    if not going:
        return "It begins in a moment." if not ahead else f"{_counted(ahead)} before it."
    words = f"It begins when {_named([run.name for run in going])} ended"
    paused = [run.name for run in going if run.status.state == "paused"]
    words += f"; {_counted(ahead)} before it." if ahead else "."
    return f"{words} “{paused[0]}” is paused: resume or stop it." if paused else words


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"“{names[0]}” has"
    shown = " or ".join(f"“{name}”" for name in names[:NAMED])
    return f"{shown} has" if len(names) <= NAMED else f"one of {len(names)} runs, such as {shown}, has"


def _counted(ahead: int) -> str:
    return "one more run waits" if ahead == 1 else f"{ahead} more runs wait"
