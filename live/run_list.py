"""The list of training runs, for programs that follow them without the page."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

import jobs
from jobs import RunHandle
from live.answers import route
from store import NotesError, RunNotes, read_run_notes


@route
def runs_route(_request: Request) -> dict[str, Any]:
    """GET /live/runs."""
    return {"runs": [_as_facts(run) for run in jobs.list_runs()]}


def _as_facts(run: RunHandle) -> dict[str, Any]:
    status, notes = run.status, _notes(run.name)
    return {
        "name": run.name,
        "state": status.state,
        "alive": status.alive,
        "epoch": status.epoch,
        "epochs": status.epochs,
        "share_done": status.share_done,
        "images_per_second": status.images_per_second,
        "seconds_left": status.seconds_left,
        "message": status.message,
        "title": notes.title,
        "tags": list(notes.tags),
    }


def _notes(name: str) -> RunNotes:
    """What is noted about the run; nothing where its file is damaged or out of reach: the list stays whole."""
    from vae_core.checkpoint import CheckpointError

    try:
        return read_run_notes(name)
    except (NotesError, CheckpointError):
        return RunNotes(0)
