"""Ray Train around the command line: how many workers, what each does, and what happens when one is lost."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_core.training.run_folder import read_status

RESTARTS = 3  # after the loss of a worker or its machine; the run goes on from its last state
RAY_FOLDER = ".ray"  # beside the run's folder, so on the disk that all machines share: what Ray Train keeps meanwhile
BEGUN, CODE = "begun", "code"
PATIENCE = ("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", "600")  # on a busy cluster a worker may take minutes to start


@dataclass(frozen=True)
class Workers:
    """How many processes share every batch, and the cores and graphics cards (0 or 1) of each."""

    count: int
    cpus: int = 1
    gpus: int = 0


def train_on_ray(arguments: list[str], workers: Workers) -> int:
    """Run `python -m vae_core` with these arguments in Ray Train's workers; gives the exit code of the first.

    The folder of --out is on a disk that all machines share. A worker that is lost is replaced, with all others, and
    the run resumes; an error that the command line reports in a sentence is not tried again.
    """
    os.environ.setdefault(*PATIENCE)
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    folder = out_folder(arguments)
    name = f"{folder.name}-{time.time_ns()}"
    resources = {"CPU": workers.cpus} | ({"GPU": workers.gpus} if workers.gpus else {})
    trainer = TorchTrainer(
        train_share,
        train_loop_config={"arguments": arguments, "folder": str(folder)},
        scaling_config=ScalingConfig(
            num_workers=workers.count, use_gpu=workers.gpus > 0, resources_per_worker=resources
        ),
        run_config=RunConfig(
            name=name,
            storage_path=str(folder.parent / RAY_FOLDER),
            failure_config=FailureConfig(max_failures=RESTARTS),
        ),
    )
    place = folder.parent / RAY_FOLDER / name
    try:
        trainer.fit()
        return int((place / CODE).read_text())
    finally:
        shutil.rmtree(place, ignore_errors=True)


def train_share(config: dict[str, Any]) -> None:
    """What each worker does: the command line, in the process group that Ray Train made, as under torchrun."""
    import ray.train

    context = ray.train.get_context()
    folder = Path(config["folder"])
    mark = folder.parent / RAY_FOLDER / context.get_experiment_name() / BEGUN
    arguments = list(config["arguments"])
    is_first = context.get_world_rank() == 0
    if _begun_before(mark, is_first):
        if is_first:
            _wait_for_silence(folder)
        arguments += [] if "--resume" in arguments else ["--resume"]
    code = run_command_line(arguments)
    if is_first:  # in a file: Ray hands metrics back only with a checkpoint of its own
        mark.with_name(CODE).write_text(str(code))


def run_command_line(arguments: list[str]) -> int:
    """`python -m vae_core` in this process; gives its exit code.

    Imported only here: who of the processes talks is settled when the command line is imported.
    """
    from vae_core.__main__ import app

    sys.argv = ["vae_core", *arguments]  # the model card quotes it
    try:
        app(arguments, prog_name="python -m vae_core")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def out_folder(arguments: list[str]) -> Path:
    """The folder that --out names; "" where there is none, which the command line then says."""
    for place, argument in enumerate(arguments):
        if argument == "--out" and place + 1 < len(arguments):
            return Path(arguments[place + 1]).resolve()
        if argument.startswith("--out="):
            return Path(argument.removeprefix("--out=")).resolve()
    raise SystemExit("--out is missing; a run on Ray needs a folder on a disk that all machines share. Give one.")


def _begun_before(mark: Path, is_first: bool) -> bool:
    """Whether these workers replace some that were lost; only the first claims the folder, so the first decides."""
    if not is_first:
        return True
    begun = mark.exists()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return begun


def _wait_for_silence(folder: Path) -> None:
    """A lost worker on another machine counts as alive until its heartbeat is old."""
    while (status := read_status(folder)) is not None and status.alive and not status.launched:
        time.sleep(1)
