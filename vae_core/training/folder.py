"""Who may write into a checkpoint folder: a new run into an empty one, a resumed run into its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from vae_core.checkpoint import append_metrics, keep_lines, read_changes, remove_unfinished
from vae_core.checkpoint.folder import is_unfinished
from vae_core.checkpoint.metrics_file import CHANGE, STEP
from vae_core.settings import NAME_RULE, Config
from vae_core.training.errors import TrainingError
from vae_core.training.orders import ORDERS, begin_anew
from vae_core.training.run_folder import LOCK, LOG, RUN, STATUS, STOP, clear_stop, read_status
from vae_core.training.run_lock import RunLock, taken
from vae_core.training.snapshots import SNAPSHOTS
from vae_core.training.state import STATE_FILE, Place, has_state, saved_config

METRICS = "metrics.jsonl"
REQUEST = "request.json"  # what whoever starts a run wants it to be
STARTED_FOR = "VAE_CORE_STARTED_FOR"  # on a cluster: the process that stands for this run until its first word
BEFORE_A_RUN = {LOG, STOP, ORDERS, REQUEST, LOCK}  # what may be in run/ already
STATE = STATE_FILE.parent.name
NOTES = "notes"  # may be made on a run that waits for its turn
BEFORE_A_SAVE = {METRICS, STATE, SNAPSHOTS}  # what a run that was killed early may leave: nothing to continue from
MAY_CHANGE = {"epochs", "patience"}


def check_name(name: str) -> None:
    """Raise TrainingError unless this can be a model's name."""
    if not re.fullmatch(NAME_RULE, name):
        raise TrainingError(
            f"the folder is called {name!r}; a model's name has 1 to 64 characters of a-z, 0-9, dot, dash and "
            "underscore and starts with a letter or figure. Choose such a name for --out."
        )


def claim_folder(folder: Path, config: Config, resume: bool, lock: RunLock) -> Config:
    """Make the folder ready for this run, take its lock, and give back the settings to run with.

    A resumed run keeps its first settings but for the number of epochs and the patience.
    Raises TrainingError when the folder holds another run, or one that is under way.
    """
    _refuse_if_under_way(folder)
    continues = resume and has_state(folder)
    if not continues:
        _refuse_content(folder, resume)
    lock.take(folder)
    _refuse_if_under_way(folder)  # of two that came this far the slower one: the other has the status by now
    if resume:
        _tidy(folder)
    return _continued(folder, saved_config(folder), config) if continues else config


def cut_metrics(folder: Path, place: Place, steps: int) -> None:
    """Drop the lines of metrics.jsonl after this place: a resumed run writes them again, the same.

    ``steps``: of an epoch. The changes that the place knows are in the file afterwards, each once.
    """
    done = place.epoch * steps + place.step

    def belongs(record: dict[str, Any]) -> bool:
        match record.get("kind"):
            case kind if kind == STEP:
                return record["step"] <= done
            case kind if kind == CHANGE:
                return record in place.changes
            case _:
                return record["epoch"] <= place.epoch

    keep_lines(folder, belongs)
    there = read_changes(folder)
    append_metrics(folder, *(change for change in place.changes if change not in there))


def _refuse_if_under_way(folder: Path) -> None:
    status = read_status(folder)
    starters = {str(os.getpid()), os.environ.get(STARTED_FOR)}
    is_this = status is not None and status.launched and str(status.pid) in starters
    if status and status.alive and not is_this:
        raise taken(folder)


def _tidy(folder: Path) -> None:
    """Clear away what an earlier start left: half-written files, and requests that were not meant for this one.

    Those given while a run waited in the queue are.
    """
    for part in (folder, folder / RUN, folder / STATE, folder / SNAPSHOTS):
        remove_unfinished(part)
    status = read_status(folder)
    if status is None or not status.launched:
        clear_stop(folder)
        begin_anew(folder)


def _refuse_content(folder: Path, resume: bool) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise TrainingError(f"{folder.name} is a file; a run needs a folder. Choose another --out.")
    waited = _waits_to_begin(folder)
    beside = {RUN, NOTES} if waited or resume else {RUN}
    content = sorted(name for name in _names(folder, resume) if name not in beside)
    if resume and set(content) <= BEFORE_A_SAVE:
        return
    run = folder / RUN
    allowed = BEFORE_A_RUN | {STATUS} if waited else BEFORE_A_RUN
    in_run = sorted(name for name in _names(run, True) if name not in allowed) if run.is_dir() else []
    found = content + [f"{RUN}/{name}" for name in in_run]
    if not found:
        return
    way_out = (
        "It has no state/ to continue from: train into another --out."
        if resume
        else "Add --resume to continue it, or choose another --out."
    )
    raise TrainingError(
        f"{folder.name} holds a run or other files ({', '.join(found[:5])}); a new run needs an empty folder. {way_out}"
    )


def _names(folder: Path, leave_unfinished: bool) -> list[str]:
    names = [entry.name for entry in folder.iterdir()]
    return [name for name in names if not (leave_unfinished and is_unfinished(name))]


def _waits_to_begin(folder: Path) -> bool:
    status = read_status(folder)
    return status is not None and status.launched


def _continued(folder: Path, earlier: Config, asked: Config) -> Config:
    for part in ("model", "data", "training"):
        old, new = getattr(earlier, part), getattr(asked, part)
        for field in type(old).model_fields:
            was, wanted = getattr(old, field), getattr(new, field)
            if was != wanted and field not in MAY_CHANGE:
                raise TrainingError(
                    f"{field} is {wanted}; the run in {folder.name} was started with {was}, and a resumed run keeps "
                    "its settings (only epochs and patience may change). Leave the option out, or choose another --out."
                )
    return earlier.model_copy(update={"training": asked.training})
