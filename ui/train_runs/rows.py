"""What the list of runs says of each: state, progress, settings, scores and notes, read from its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jobs
import store
from jobs import RunHandle, RunRequest
from store import NotesError, RunNotes
from ui.caches import run_epochs
from vae_core.checkpoint import CheckpointError, CheckpointSummary
from vae_core.data import drawn_counts
from vae_core.settings import Config

ASKED = ("data", "network", "latent_dim", "likelihood", "epochs", "batch_size", "learning_rate", "seed")
MODEL = "model"  # the state of a folder in which no run left a trace: it was copied or shipped as it is
# score -> where evaluation.json has it; all in nats per image unless its name says more
SCORES: dict[str, tuple[str, ...]] = {
    "−ELBO": ("negative_elbo",),
    "Reconstruction": ("reconstruction",),
    "KL": ("kl",),
    "Active dimensions": ("active_units",),
    "−log p(x), importance-weighted": ("importance_weighted_nll",),
    "Bits per dimension": ("bits_per_dimension",),
    "PSNR, dB": ("psnr",),
    "SSIM": ("ssim",),
    "Mutual information": ("mutual_information",),
    "Linear probe, accuracy": ("probe", "linear"),
    "Fréchet distance": ("generation", "frechet_distance"),
    "Best validation loss": ("training", "best_loss"),
    "Training time, s": ("training", "seconds"),
}
HIGHER_IS_BETTER = {"PSNR, dB", "SSIM", "Mutual information", "Linear probe, accuracy"}
LOWER_IS_BETTER = {
    "−ELBO",
    "Reconstruction",
    "−log p(x), importance-weighted",
    "Bits per dimension",
    "Fréchet distance",
    "Best validation loss",
    "Training time, s",
}


@dataclass(frozen=True)
class RunRow:
    """A run, or a model without one.

    share_done: 0 to 1, None where nobody knows. settings: of model, data and training by the names of
    vae_core.settings, or what was asked for until the run has written them. scores: by the names of SCORES. epochs:
    the lines of metrics.jsonl. modified: Unix time. notes_problem: why its notes cannot be read, else empty. sweep:
    the name of the sweep that it belongs to, or "". asked: what was asked for when it was started, by the names of
    the settings; empty where nobody knows.
    """

    name: str
    folder: Path
    state: str
    alive: bool = False
    opens: bool = False
    share_done: float | None = None
    epoch: int = 0
    length: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    epochs: tuple[Mapping[str, Any], ...] = ()
    notes: RunNotes = field(default_factory=lambda: RunNotes(0))
    notes_problem: str = ""
    created: str = ""
    modified: float = 0.0
    fingerprint: str = ""
    sweep: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its title with the folder's name, or that name alone."""
        return f"{self.notes.title} ({self.name})" if self.notes.title else self.name

    @property
    def short_label(self) -> str:
        """Its title, or the folder's name."""
        return self.notes.title or self.name


def run_rows() -> tuple[RunRow, ...]:
    """All runs and models: those under way first, then those that wait in their order, then as they changed last."""
    runs = {run.name: run for run in jobs.list_runs()}
    models = {summary.name: summary for summary in store.list_models()}
    rows = [_row(name, runs.get(name), models.get(name)) for name in runs.keys() | models.keys()]
    waiting = [run.name for run in runs.values() if run.queued]
    return tuple(sorted(rows, key=lambda row: _place(row, waiting)))


def _place(row: RunRow, waiting: Sequence[str]) -> tuple:
    """By name while it is under way: sorted by their heartbeats two runs would change places each second."""
    if row.alive:
        return 0, 0, row.name
    return (1, waiting.index(row.name), "") if row.name in waiting else (2, -row.modified, row.name)


def _row(name: str, run: RunHandle | None, summary: CheckpointSummary | None) -> RunRow:
    folder = run.folder if run else summary.folder
    notes, problem = _notes(folder)
    epochs = tuple(run_epochs(folder))
    config = summary.config if summary else None
    request = run.request if run else None
    asked = asked_for(request)
    return RunRow(
        name=name,
        folder=folder,
        state=run.status.state if run else MODEL,
        alive=bool(run and run.status.alive),
        opens=bool(summary and summary.problem is None),
        **_progress(run, epochs, config),
        settings=settings_of(config) or asked,
        scores=_scores(summary, epochs),
        epochs=epochs,
        notes=notes,
        notes_problem=problem,
        created=config.created if config else "",
        modified=max(run.status.heartbeat if run else 0.0, summary.modified if summary else 0.0),
        fingerprint=config.data.fingerprint if config else "",
        sweep=request.sweep if request else "",
        asked=asked,
    )


def settings_of(config: Config | None) -> dict[str, Any]:
    """Data, model and training of a Config as one flat mapping, by the names of the settings; {} for None."""
    if config is None:
        return {}
    parts = [config.model, config.training]
    data = {"data": config.data.name}
    if drawn_counts(config.data.name):
        data["data_count"] = config.data.n_train + config.data.n_validation + config.data.n_test
    return data | {name: value for part in parts for name, value in part.model_dump().items()}


def asked_for(request: RunRequest | None) -> dict[str, Any]:
    """What a request asks for as one flat mapping, by the names of the settings; {} for None."""
    if request is None:
        return {}
    own = {name: getattr(request, name) for name in ASKED}
    return {name: value for name, value in {**own, **request.options}.items() if value not in (None, "")}


def _notes(folder: Path) -> tuple[RunNotes, str]:
    return _notes_of(folder, *(_signature(f"{folder}/{place}") for place in ("notes", "notes/run.json")))


def _signature(place: str) -> tuple[int, ...]:
    """What changes with a file or folder: when it was written, its size and place on the disk."""
    try:
        found = os.lstat(place)
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=512)
def _notes_of(folder: Path, _place: tuple[int, ...], _file: tuple[int, ...]) -> tuple[RunNotes, str]:
    name = folder.name
    try:
        return store.read_run_notes(name), ""
    except (NotesError, CheckpointError) as problem:
        return RunNotes(0), str(problem)


def _progress(run: RunHandle | None, epochs: tuple, config: Config | None) -> dict[str, Any]:
    if run is not None and run.status.epochs:
        status = run.status
        share = 1.0 if status.state == "finished" else status.share_done  # it may end early, with nothing left to do
        return {"share_done": share, "epoch": status.epoch, "length": status.epochs}
    last = epochs[-1]["epoch"] if epochs else 0
    return {"share_done": None, "epoch": last, "length": config.training.epochs if config else 0}


def _scores(summary: CheckpointSummary | None, epochs: tuple) -> dict[str, float]:
    evaluation = (summary.evaluation if summary else None) or {}
    found = {label: _number(evaluation, path) for label, path in SCORES.items()}
    losses = [line["validation_loss"] for line in epochs if _is_number(line.get("validation_loss"))]
    if found["Best validation loss"] is None and losses:
        found["Best validation loss"] = min(losses)
    return {label: value for label, value in found.items() if value is not None}


def _number(content: Any, path: tuple[str, ...]) -> float | None:
    for key in path:
        content = content.get(key) if isinstance(content, Mapping) else None
    return content if _is_number(content) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
