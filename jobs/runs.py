"""Training runs: asked for, steered, continued, ended. Their processes are of their own and outlive this one."""

from __future__ import annotations

import secrets
import shutil
import time
from dataclasses import replace
from pathlib import Path

from jobs.run_handles import RunHandle, find_run, name_problem
from jobs.run_queue import next_place, queue_lock, start_those_that_may, waiting_status
from jobs.run_refused import RunRefused
from jobs.run_request import KeptRequest, RunRequest, options_problem, train_arguments, write_request
from store import checkpoints_root
from vae_core.data import DATA_SETS, available
from vae_core.training.errors import TrainingError
from vae_core.training.orders import Order, give_order
from vae_core.training.run_folder import request_stop, run_folder, write_status

OUT_OF_THE_QUEUE = "taken out of the queue before it began"
GALLERY = "See the gallery for its model."


def start_run(request: RunRequest) -> RunHandle:
    """Start a training run as a process of its own, or let it wait for its turn where as many go as may.

    Raises RunRefused when the name is bad or taken, a setting cannot be, or the data is not on this machine.
    """
    problem = name_problem(request.name) or _data_problem(request) or options_problem(request)
    if problem:
        raise RunRefused(problem)
    folder = checkpoints_root() / request.name
    try:
        with queue_lock():
            _enter(request, folder)
            try:
                start_those_that_may(asked=request.name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    except OSError as reason:
        raise RunRefused(
            f"The run cannot be started in {folder} ({reason}). Make room, or mend what it says."
        ) from reason
    return _found(request.name)


def _enter(request: RunRequest, folder: Path) -> None:
    """Make the folder of a run that waits, in one step: whoever renames it to the name has the name."""
    arguments = tuple(train_arguments(request, folder))
    making = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        run_folder(making).mkdir(parents=True)
        write_request(making, KeptRequest(arguments, request, next_place(), time.time()))
        write_status(making, waiting_status(request.epochs))
        problem = name_problem(request.name)  # somebody may have taken it since
        if problem:
            raise RunRefused(problem)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def order_run(name: str, order: Order) -> None:
    """Give an order to a run that is under way or waits; stop and discard take one that waits out of the queue.

    Raises RunRefused when there is no such run, or the order is of no use to it.
    """
    run = find_run(name)
    if run is None or not (run.status.alive or run.queued):
        raise RunRefused(f"The run is {name!r}; no run of that name is under way. {GALLERY}")
    if run.queued and order.order in ("stop", "discard"):
        _leave_queue(run, order)
        return
    if order.beta is not None and run.status.state in ("running", "paused") and run.status.beta is None:
        raise RunRefused(
            f"beta is {order.beta:g}; the objective of {name} takes none. Change the learning rate, or train with an"
            " objective that takes β."
        )
    try:
        # a stop by its file: as long as that is there the run's page says that it is stopping
        request_stop(run.folder) if order.order == "stop" else give_order(run.folder, order)
    except (TrainingError, OSError) as reason:
        raise RunRefused(str(reason)) from reason


def stop_run(name: str) -> None:
    """Ask the run to stop and keep what it has. Raises RunRefused when no such run is under way or waits."""
    order_run(name, Order("stop"))


def discard_run(name: str) -> None:
    """Ask the run to stop; its folder goes to the bin. Raises RunRefused when no such run is under way or waits."""
    order_run(name, Order("discard"))


def _leave_queue(run: RunHandle, order: Order) -> None:
    try:
        with queue_lock():
            now = _found(run.name)
            if now.queued:
                state = "discarded" if order.order == "discard" else "stopped"
                status = replace(now.status, state=state, message=OUT_OF_THE_QUEUE, heartbeat=time.time())
                write_status(run.folder, status)
                return
    except OSError as reason:
        raise RunRefused(f"The run {run.name} cannot be taken out of the queue: {reason}") from reason
    order_run(run.name, order)  # it was started meanwhile


def _found(name: str) -> RunHandle:
    run = find_run(name)
    if run is None:
        raise RunRefused(f"The run {name} is gone: somebody removed its folder. Start a new one.")
    return run


def _data_problem(request: RunRequest) -> str | None:
    name = request.data
    if available(name) or "data_dir" in request.options:
        return None
    known = ", ".join(data for data in DATA_SETS if available(data))
    return (
        f"The data set is {name!r}; its files are not on this machine. Choose one of {known}, or put its IDX files "
        f"into the folder {name!r} of the data folder (LATENT_EXPLORER_DATA)."
    )
