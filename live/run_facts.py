"""What a page is told of a run: how it is doing, what it was started with, what must be said about it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jobs
import store
from jobs import RunHandle
from live.answers import Refused
from live.run_records import RECORDS

SETTINGS = ("objective", "beta", "warmup", "learning_rate", "schedule", "epochs", "batch_size", "seed", "optimizer")


def named_run(name: str) -> RunHandle | None:
    """The run of that name; None for a model without one, as the shipped ones. Raises Refused when there is neither."""
    run = jobs.find_run(name)
    if run is None and not _is_model(name):
        raise Refused(
            "no-such-run", f"There is no run {name[:64]!r}, or its folder was removed. Choose another, or start one."
        )
    return run


def run_path(name: str) -> Path:
    """The folder of the run or model of that name. Raises Refused as `named_run`."""
    run = named_run(name)
    return store.checkpoints_root() / name if run is None else run.folder


def run_facts(name: str) -> dict[str, Any]:
    """All that changes from one look to the next, and a few things that do not. Raises Refused as `named_run`."""
    run, folder = named_run(name), run_path(name)
    epochs, changes = RECORDS.of(folder)
    settings = _settings(folder)
    return {
        "name": name,
        **_standing(run, epochs),
        "settings": settings,
        "steps_per_epoch": _steps_per_epoch(run, settings),
        "snapshots": _snapshots(folder),
        "model": name in store_models(),
        "warnings": _warnings(folder, epochs, changes, settings),
    }


def store_models() -> set[str]:
    """The names of the models that can be opened."""
    return {summary.name for summary in store.list_models() if summary.problem is None}


def _is_model(name: str) -> bool:
    return any(summary.name == name for summary in store.list_models())


def _standing(run: RunHandle | None, epochs: list[dict[str, Any]]) -> dict[str, Any]:
    if run is None:
        done = epochs[-1]["epoch"] if epochs else 0
        return {"state": "finished", "alive": False, "message": "", "epoch": done, "epochs": done, "is_run": False}
    status = run.status
    names = ("state", "alive", "epoch", "epochs", "step", "steps", "images_per_second", "seconds_left", "message")
    facts = {each: getattr(status, each) for each in names}
    if run.queued:
        facts["message"] = jobs.waiting_words(run.name)
    return facts | {
        "is_run": True,
        "share": round(status.share_done, 5),
        "stopping": run.stopping,
        "learning_rate": status.learning_rate,
        "beta": status.beta,
        "delay": status.delay,
        "resumable": not status.alive and status.state in ("failed", "stopped") and _has_state(run.folder),
        "log": run.log_tail() if status.state == "failed" else "",
    }


def _has_state(folder: Path) -> bool:
    from vae_core.training.state import has_state

    return has_state(folder)


def _settings(folder: Path) -> dict[str, Any] | None:
    """What the run was started with, as far as it has been written; None in its first moments."""
    from vae_core.checkpoint import CheckpointError, load_config

    try:
        config = load_config(folder)
    except CheckpointError:
        return None
    model, training = config.model, config.training
    facts = {name: getattr(training, name) for name in SETTINGS}
    return facts | {
        "latent_dim": model.latent_dim,
        "likelihood": model.likelihood,
        "network": model.network,
        "is_point": model.posterior == "point",
        "prior": model.prior,
        "data": config.data.name,
        "n_train": config.data.n_train,
        "label_names": list(config.data.label_names),
    }


def _steps_per_epoch(run: RunHandle | None, settings: dict[str, Any] | None) -> int:
    """How many steps are an epoch; 0 as long as nobody knows."""
    if run is not None and run.status.steps:
        return run.status.steps
    if settings is None or not settings["n_train"]:
        return 0
    return -(-settings["n_train"] // settings["batch_size"])


def _snapshots(folder: Path) -> dict[str, Any]:
    """The epochs that can be replayed, and a text that changes when they are of another run."""
    from vae_core.training.snapshots import list_snapshots

    epochs = list_snapshots(folder)
    try:
        stamp = f"{(folder / 'snapshots' / 'fixed.npz').stat().st_mtime_ns:x}"
    except OSError:
        return {"epochs": [], "stamp": ""}
    return {"epochs": list(epochs), "stamp": stamp}


def _warnings(
    folder: Path, epochs: list[dict[str, Any]], changes: list[dict[str, Any]], settings: dict[str, Any] | None
) -> list[dict[str, str]]:
    from vae_core.training.warnings import run_warnings

    known = settings or {"is_point": False, "warmup": 0.0, "epochs": 0}
    found = run_warnings(
        epochs,
        known["epochs"],
        is_point=known["is_point"],
        warmup=known["warmup"],
        changed=max((change["epoch"] for change in changes), default=0),
        health=_health(folder),
    )
    return [vars(warning) for warning in found]


def _health(folder: Path) -> Any:
    """That of the newest snapshot, where it was measured."""
    from vae_core.training.snapshots import list_snapshots, snapshot_file

    epochs = list_snapshots(folder)
    if not epochs:
        return None
    try:
        return _health_of(folder, epochs[-1], snapshot_file(folder, epochs[-1]).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _health_of(folder: Path, epoch: int, _written: int) -> Any:
    from vae_core.checkpoint import CheckpointError
    from vae_core.training.health import NetworkHealth
    from vae_core.training.snapshots import read_snapshot

    try:
        return NetworkHealth.from_facts(read_snapshot(folder, epoch).facts["health"])
    except (CheckpointError, KeyError, TypeError):
        return None
