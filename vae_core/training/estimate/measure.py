"""The estimate of a run: its own first steps, its validation and its results, in a folder that is thrown away."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from vae_core.checkpoint import load_checkpoint
from vae_core.data import ImageSet
from vae_core.objectives import build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training.estimate.memory import PeakMemory
from vae_core.training.estimate.pace import Pace
from vae_core.training.loop import train_model
from vae_core.training.run_folder import RUN, RunStatus, process_start
from vae_core.training.step import validate

MEASURED_SECONDS = 3.0
OF_STEPS, OF_RESULTS = 0.6, 0.98  # shares of the work, to tell how far it is
EPOCH_LINE = (400, 24)  # bytes of a line of metrics.jsonl, and those of each latent dimension
STATE = "state"
SNAPSHOTS = "snapshots"
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Estimate:
    """What the whole run will take when it ends at its last epoch; earlier when patience or a person ends it.

    seconds = start_seconds + epochs · epoch_seconds + results_seconds, from the start of the process to its last word;
    memory_bytes: the most private memory (RssAnon) it holds; checkpoint_bytes: its folder when it is done, without
    state_bytes (what a resume needs) and without snapshots. steps: how many were measured.
    """

    seconds: float
    start_seconds: float
    epoch_seconds: float
    results_seconds: float
    epochs: int
    images_per_second: float
    memory_bytes: int
    checkpoint_bytes: int
    state_bytes: int
    steps: int

    def as_dict(self) -> dict[str, Any]:
        """All fields under their names."""
        return asdict(self)


def estimate_training(
    images: ImageSet,
    model: ModelSettings,
    training: TrainingSettings,
    report: Report | None = None,
    device: str = "cpu",
    measured_seconds: float = MEASURED_SECONDS,
    **more: Any,
) -> Estimate:
    """Begins the run for ``measured_seconds``, ends it as it would end itself, and says what all of it will take.

    Call it first thing in a process of its own: the time since its start and the most memory it holds are parts of the
    answer. ``more`` goes to train_model. Raises TrainingError as that does.
    """
    report, pace = report or (lambda share, word: None), Pace(measured_seconds)
    begun = process_age()

    def pulse(status: RunStatus) -> None:
        pace.pulse(status)
        report(OF_STEPS * pace.share, f"Measuring steps {status.step:,} of {status.steps:,} in an epoch")

    def should_stop() -> bool:
        if pace.enough():
            report(OF_STEPS, "Measuring the results on the test split")
        return bool(pace.stopped)

    with PeakMemory() as memory, tempfile.TemporaryDirectory() as place:
        folder, clock = Path(place) / "estimate", time.monotonic()
        train_model(
            images,
            model,
            training,
            folder,
            progress=lambda record: pace.epoch(),
            should_stop=should_stop,
            on_pulse=pulse,
            device=device,
            **more,
        )
        ended, held = time.monotonic(), memory.peak  # what follows is no part of a run
        report(OF_RESULTS, "Measuring the validation")
        seconds = _epoch_seconds(pace, folder, images, training)
        sizes = _sizes(folder, training, model.latent_dim, pace)
    first = pace.places[0] if pace.places else (ended, 0, 0)
    start = begun + first[0] - clock - min(first[2] * pace.step_seconds(), first[0] - clock)
    results = ended - (pace.stopped or (pace.ends[-1] if pace.ends else ended))
    return Estimate(
        seconds=start + training.epochs * seconds + results,
        start_seconds=start,
        epoch_seconds=seconds,
        results_seconds=results,
        epochs=training.epochs,
        images_per_second=len(images.train) / max(seconds, 1e-9),
        memory_bytes=held,
        checkpoint_bytes=sizes[0],
        state_bytes=sizes[1],
        steps=pace.places[-1][1] * pace.steps + pace.places[-1][2] if pace.places else 0,
    )


def process_age() -> float:
    """Seconds since this process was started; 0 where the system does not tell."""
    with suppress(OSError, ValueError, AttributeError):
        import os

        up = float(Path("/proc/uptime").read_text().split()[0])
        return max(0.0, up - int(process_start(os.getpid())) / os.sysconf("SC_CLK_TCK"))
    return 0.0


def _epoch_seconds(pace: Pace, folder: Path, images: ImageSet, training: TrainingSettings) -> float:
    whole = pace.epoch_seconds()
    if whole is not None:
        return whole
    steps = pace.steps or math.ceil(len(images.train) / training.batch_size)
    return steps * pace.step_seconds() + _validation_seconds(folder, images, training)


def _validation_seconds(folder: Path, images: ImageSet, training: TrainingSettings) -> float:
    checkpoint = load_checkpoint(folder)
    objective = build_objective(checkpoint.config.model, training)
    pixels = torch.from_numpy(images.pixels(images.validation))
    labels = None if images.labels is None else torch.from_numpy(images.labels[images.validation])
    begun = time.monotonic()
    validate(checkpoint.vae, objective, training, pixels, labels, len(images.train))
    return time.monotonic() - begun


def _sizes(folder: Path, training: TrainingSettings, latent_dim: int, pace: Pace) -> tuple[int, int]:
    """Bytes of the folder when the run is over, and of its state."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    top = {file: file.relative_to(folder).parts[0] for file in files}
    kept = sum(file.stat().st_size for file in files if top[file] not in (RUN, STATE, SNAPSHOTS))
    state = sum(file.stat().st_size for file in files if top[file] == STATE)
    written = len(pace.ends)
    lines = max(0, training.epochs - written) * (EPOCH_LINE[0] + EPOCH_LINE[1] * latent_dim)
    return kept + lines, state
