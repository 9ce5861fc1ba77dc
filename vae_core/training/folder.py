"""Who may write into a checkpoint folder: a new run into an empty one, a resumed run into its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

from vae_core.checkpoint import read_metrics, remove_unfinished, write_atomic
from vae_core.settings import NAME_RULE, Config
from vae_core.training.errors import TrainingError
from vae_core.training.run_folder import LOG, RUN, STOP, clear_stop, read_status
from vae_core.training.state import STATE_FILE, has_state, saved_config

METRICS = "metrics.jsonl"
BEFORE_A_RUN = {LOG, STOP}  # what whoever starts a run may have put into run/ already
STATE = STATE_FILE.parent.name
BEFORE_A_SAVE = {METRICS, STATE}  # what a run that was killed early may leave: nothing to continue from
MAY_CHANGE = {"epochs", "patience"}


def check_name(name: str) -> None:
    """Raise TrainingError unless this can be a model's name."""
    if not re.fullmatch(NAME_RULE, name):
        raise TrainingError(
            f"the folder is called {name!r}; a model's name has 1 to 64 characters of a-z, 0-9, dot, dash and "
            "underscore and starts with a letter or figure. Choose such a name for --out."
        )


def claim_folder(folder: Path, config: Config, resume: bool) -> Config:
    """Make the folder ready for this run and give back the settings to run with.

    A resumed run keeps its first settings but for the number of epochs and the patience.
    Raises TrainingError when the folder holds another run, or one that is under way.
    """
    status = read_status(folder)
    if status and status.alive:
        raise TrainingError(
            f"{folder.name} is being trained by process {status.pid}; one folder takes one run at a time. "
            "Wait for it, stop it, or choose another --out."
        )
    if resume:
        for part in (folder, folder / RUN, folder / STATE):
            remove_unfinished(part)
    if resume and has_state(folder):
        clear_stop(folder)  # an old request; whoever wants the resumed run to stop asks again
        return _continued(folder, saved_config(folder), config)
    _refuse_content(folder, resume)
    folder.mkdir(parents=True, exist_ok=True)
    return config


def keep_metrics_until(folder: Path, epoch: int) -> None:
    """Drop the lines of metrics.jsonl after this epoch: a resumed run writes them again, the same."""
    lines = read_metrics(folder)
    kept = [line for line in lines if line["epoch"] <= epoch]
    if len(kept) < len(lines):
        write_atomic(folder / METRICS, "".join(json.dumps(line) + "\n" for line in kept).encode())


def _refuse_content(folder: Path, resume: bool) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise TrainingError(f"{folder.name} is a file; a run needs a folder. Choose another --out.")
    content = sorted(entry.name for entry in folder.iterdir() if entry.name != RUN)
    if resume and set(content) <= BEFORE_A_SAVE:
        return
    run = folder / RUN
    in_run = sorted(entry.name for entry in run.iterdir() if entry.name not in BEFORE_A_RUN) if run.is_dir() else []
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
