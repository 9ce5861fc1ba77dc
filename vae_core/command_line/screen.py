"""Progress and tables on a terminal; plain lines where the output is no terminal (a log file)."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from vae_core.checkpoint import CheckpointSummary
from vae_core.further_figures import further_figures
from vae_core.training import EpochRecord, RunStatus

SECONDS_BETWEEN_LINES = 2.0


class TrainingScreen:
    """Shows a run as it goes: a bar on a terminal, else a line per epoch and at most one in two seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last_line = -SECONDS_BETWEEN_LINES
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn("{task.fields[left]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=1.0, rate="", left="")

    def __enter__(self) -> TrainingScreen:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def pulse(self, status: RunStatus) -> None:
        """Move the bar to where the run is."""
        left = "" if status.seconds_left is None else f"{duration(status.seconds_left)} left"
        rate = f"{status.images_per_second:,.0f} images/s" if status.images_per_second else ""
        self._bar.update(self._task, completed=status.share_done, rate=rate, left=left)

    def epoch(self, record: EpochRecord) -> None:
        """Show the losses of an epoch that has just ended."""
        text = (
            f"epoch {record.epoch}  loss {record.train_loss:.2f}  validation {record.validation_loss:.2f}  "
            f"KL {record.validation_kl:.2f}"
        )
        self._bar.update(self._task, description=text)
        if not self._console.is_terminal and time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._console.print(f"{text}  {record.images_per_second:,.0f} images/s", highlight=False)


def score_table(evaluation: dict[str, Any]) -> Table:
    """The scores of one model in nats per image."""
    table = Table(title=f"{evaluation['images']:,} images of the {evaluation['split']} split", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_row("−ELBO, nats per image", figure(evaluation["negative_elbo"]))
    if evaluation["negative_elbo"] is None:
        table.add_row(f"  ({evaluation['no_elbo']})", "")
    table.add_row("  reconstruction", f"{evaluation['reconstruction']:.2f}")
    table.add_row("  KL", f"{evaluation['kl']:.2f}")
    if evaluation["importance_weighted_nll"] is not None:
        samples, images = evaluation["importance_samples"], evaluation["importance_images"]
        name = f"−log p(x), {samples:,} importance samples, first {images:,} images"
        table.add_row(name, f"{evaluation['importance_weighted_nll']:.2f}")
    if evaluation.get("bits_per_dimension") is not None:
        table.add_row("bits per dimension, of −ELBO", f"{evaluation['bits_per_dimension']:.3f}")
    active, dimensions = evaluation["active_units"], len(evaluation["kl_per_dimension"])
    table.add_row("active units", f"{active} of {dimensions}")
    for name, value, _how in further_figures(evaluation):
        table.add_row(name, value)
    return table


def checkpoint_table(summaries: list[CheckpointSummary]) -> Table:
    """One row per checkpoint; a broken one shows its problem."""
    table = Table()
    for name in ("name", "data", "network", "latent", "likelihood"):
        table.add_column(name, no_wrap=True)
    table.add_column("−ELBO", justify="right")
    table.add_column("problem")
    for summary in summaries:
        config, scores = summary.config, summary.evaluation
        facts = ("", "", "", "")
        if config:
            model = config.model
            facts = (config.data.name, model.network, str(model.latent_dim), model.likelihood)
        loss = figure(scores["negative_elbo"]) if scores and "negative_elbo" in scores else ""
        table.add_row(summary.name, *facts, loss, summary.problem or "")
    return table


def figure(value: float | None) -> str:
    """A score with two decimals; a dash for one that does not exist."""
    return "–" if value is None else f"{value:.2f}"


def duration(seconds: float) -> str:
    """Seconds in words: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
