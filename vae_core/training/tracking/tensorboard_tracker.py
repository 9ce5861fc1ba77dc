"""TensorBoard: event files in `run/tensorboard/` of the checkpoint folder; `tensorboard --logdir` finds them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import final

from vae_core.settings import Config
from vae_core.training.run_folder import run_folder
from vae_core.training.tracking.figures import Figures, settings_of
from vae_core.training.tracking.trackers import End, Tracker

EVENTS = "tensorboard"


@final
class TensorBoardTracker(Tracker):
    """Scalars by step, the settings as a text, and settings beside final scores in the tab HParams."""

    keeps = False

    def __init__(self, folder: Path) -> None:
        self._place = run_folder(folder) / EVENTS

    def begin(self, config: Config, key: str) -> bool:
        """Opens a further event file; without a key those of before go, and all figures are to be written."""
        from torch.utils.tensorboard import SummaryWriter

        goes_on = bool(key) and self._place.is_dir()
        if not goes_on:
            shutil.rmtree(self._place, ignore_errors=True)
        self._settings, self.key = settings_of(config), EVENTS
        self._writer = SummaryWriter(self._place)
        if not goes_on:
            self._writer.add_text("settings", _table(self._settings))
        return goes_on

    def write(self, figures: Iterable[Figures]) -> None:
        for line in figures:
            for name, value in line.values.items():
                self._writer.add_scalar(name, value, line.step)
        self._writer.flush()

    def end(self, state: End, scores: dict[str, float], step: int) -> None:
        if scores:
            self._writer.add_hparams(self._settings, scores, run_name=".", global_step=step)
        self._writer.add_text("state", state, step)
        self._writer.close()


def _table(settings: dict) -> str:
    """The settings as a table in Markdown."""
    rows = (f"| {name} | {value} |" for name, value in settings.items())
    return "\n".join(["| setting | value |", "|---|---|", *rows])
