"""Where a run can be followed besides its folder, and how one is opened."""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from vae_core.settings import Config
from vae_core.training.errors import TrainingError
from vae_core.training.tracking.figures import Figures

End = Literal["finished", "stopped", "failed"]


class Tracker(ABC):
    """A place that takes the figures of one run, opened for it; any method may raise what its package raises."""

    key: str = ""  # what finds the run there again; kept with the run
    keeps: bool = True  # whether what was written once stays, so that the same steps are not written again

    @abstractmethod
    def begin(self, config: Config, key: str) -> bool:
        """Open the place. Whether it goes on with the run of this key: all that was written under it is there."""

    @abstractmethod
    def write(self, figures: Iterable[Figures]) -> None:
        """Add the figures, so that they are safe when this returns."""

    @abstractmethod
    def end(self, state: End, scores: dict[str, float], step: int) -> None:
        """Add the final scores, where there are some, and close."""


@dataclass(frozen=True)
class TrackerKind:
    """A tracker by name: the package it needs, the version it is tested with, and the module and class that wrap it."""

    package: str
    version: str
    module: str
    class_name: str

    def open(self, folder: Path) -> Tracker:
        """The tracker of the run in this folder, not begun."""
        return getattr(import_module(f"{__package__}.{self.module}"), self.class_name)(folder)


TRACKERS = {
    "tensorboard": TrackerKind("tensorboard", "2.21.0", "tensorboard_tracker", "TensorBoardTracker"),
    "mlflow": TrackerKind("mlflow", "3.17.2", "mlflow_tracker", "MlflowTracker"),
}


def check_trackers(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once. Raises TrainingError for one that is unknown, or whose package is not installed here."""
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in TRACKERS:
            known = " or ".join(TRACKERS)
            raise TrainingError(f"--log-to is {name!r}; it can be {known}. Choose one, or leave the option out.")
        kind = TRACKERS[name]
        if not is_installed(kind.package):
            raise TrainingError(
                f"--log-to is {name}; the package {kind.package} is not installed beside this Python. Install it "
                f"(pip install {kind.package}=={kind.version}), or leave the option out: metrics.jsonl holds the same."
            )
    return chosen


def is_installed(package: str) -> bool:
    """Whether the package can be imported here, without doing so."""
    return importlib.util.find_spec(package) is not None


def facts(kept: Any) -> dict[str, Any]:
    """A JSON value as an object, empty where it is none."""
    return kept if isinstance(kept, dict) else {}
