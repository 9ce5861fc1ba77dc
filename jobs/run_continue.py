"""A run that is over goes on: from what it saved, with more epochs, or from the start where it saved nothing."""

from __future__ import annotations

import time
from dataclasses import replace

from jobs.run_handles import RunHandle, find_run
from jobs.run_queue import next_place, queue_lock, start_those_that_may, waiting_status
from jobs.run_refused import RunRefused
from jobs.run_request import KeptRequest, options_problem, read_request, train_arguments, write_request
from vae_core.training.errors import TrainingError
from vae_core.training.orders import begin_anew
from vae_core.training.run_folder import clear_stop, write_status
from vae_core.training.state import has_state, saved_config, saved_place


def continue_run(name: str, epochs: int | None = None, patience: int | None = None) -> RunHandle:
    """Let a run that is over go on from what it saved, or from the start where it saved nothing.

    epochs: how many in all, by default as many as it was asked for. patience: epochs without a better validation loss
    before it ends. It waits for its turn where as many runs go as may. Raises RunRefused when there is no such run, it
    is under way or waits, or nothing is left to do.
    """
    run = find_run(name)
    if run is None:
        raise RunRefused(f"The run is {name!r}; no folder holds a run of that name. Start a new one.")
    try:
        with queue_lock():
            run = find_run(name) or run
            if run.status.alive or run.queued:
                raise RunRefused(f"The run is {name}; it is {run.status.state} and goes on by itself. Wait for it.")
            _queue(run, _kept(run, epochs, patience), epochs)
            start_those_that_may(asked=name)
    except (OSError, TrainingError) as reason:
        raise RunRefused(f"The run {name} cannot be continued: {reason}") from reason
    return find_run(name) or run


def _queue(run: RunHandle, kept: KeptRequest, epochs: int | None) -> None:
    """Let it wait, with none of the orders that were meant for its earlier start."""
    write_request(run.folder, replace(kept, place=next_place(), asked=time.time()))
    clear_stop(run.folder)
    begin_anew(run.folder)
    write_status(run.folder, waiting_status(epochs or run.status.epochs, run.status))


def _kept(run: RunHandle, epochs: int | None, patience: int | None) -> KeptRequest:
    """What to do now, as the run's folder keeps it."""
    kept = read_request(run.folder)
    if has_state(run.folder):
        _check_left(run, epochs, patience)
    elif kept is None:
        raise RunRefused(f"The run {run.name} saved nothing, and a shell started it. Start it there again.")
    request = kept.request if kept else None
    if request is None:
        changes = [("--epochs", epochs), ("--patience", patience)]
        further = [word for flag, value in changes if value is not None for word in (flag, str(value))]
        return KeptRequest(("--out", str(run.folder), "--resume", *further), None, 0, 0.0)
    request = replace(request, epochs=epochs or request.epochs)
    if patience is not None:
        request = replace(request, options={**request.options, "patience": str(patience)})
    problem = options_problem(request)
    if problem:
        raise RunRefused(problem)
    return KeptRequest((*train_arguments(request, run.folder), "--resume"), request, 0, 0.0)


def _check_left(run: RunHandle, epochs: int | None, patience: int | None) -> None:
    """Raises RunRefused when the run would end at once."""
    place, training = saved_place(run.folder), saved_config(run.folder).training
    asked, waits = epochs or training.epochs, patience or training.patience
    if asked <= place.epoch:
        raise RunRefused(
            f"epochs is {asked}; the run {run.name} has done {place.epoch}. Give more, such as {2 * place.epoch}."
        )
    without = place.epoch - place.best_epoch
    if without >= waits:
        raise RunRefused(
            f"patience is {waits}; the run {run.name} ended since {without} epochs brought no better validation loss."
            f" Give a longer patience, such as {2 * waits}."
        )
