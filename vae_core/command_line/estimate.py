"""`estimate`: what a training run will take, measured on its first steps."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer
from rich.table import Table

from vae_core.command_line.choices import settings_from
from vae_core.command_line.console import readable_errors, screen
from vae_core.command_line.images import named_images
from vae_core.command_line.options import Choices, takes_choices
from vae_core.command_line.screen import duration
from vae_core.command_line.shared_options import DataDir, Download, OwnParts, Threads, import_own_parts, use_threads
from vae_core.command_line.train import Data, DataCount, Device
from vae_core.training.denormals import denormals_flushed
from vae_core.training.estimate import Estimate, estimate_training

BETWEEN_REPORTS = 0.2  # seconds

AsJson = Annotated[
    bool, typer.Option("--json", help="Progress and answer as a JSON object per line, for another program.")
]


Snapshots = Annotated[bool, typer.Option("--snapshots", help="Whether the run keeps snapshots of its epochs.")]


@takes_choices
def estimate(
    given: Choices,
    data: Data = None,
    data_dir: DataDir = None,
    data_count: DataCount = None,
    download: Download = True,
    threads: Threads = None,
    device: Device = "auto",
    own_parts: OwnParts = None,
    snapshots: Snapshots = False,
    as_json: AsJson = False,
) -> None:
    """Say what `train` with the same options will take: time, memory, size on disk. Writes nothing that stays.

    It begins the run, ends it after some seconds as a run is ended, and measures what that took.

    Example: [cyan]python -m vae_core estimate --data digits --latent-dim 2 --epochs 200[/cyan]
    """
    with readable_errors(), denormals_flushed():
        import_own_parts(own_parts)
        use_threads(threads)
        report = _JsonLines() if as_json else lambda share, word: None
        report(0.0, "Loading the images")
        images = named_images(data or "digits", data_dir, download, data_count)
        model, training = settings_from(given, images, None)
        found = estimate_training(images, model, training, report, device, snapshots=snapshots)
    if as_json:
        _say({"estimate": found.as_dict()})
    else:
        screen.print(estimate_table(found))


def estimate_table(found: Estimate) -> Table:
    """The estimate, a line for each figure."""
    table = Table(title=f"Estimate, measured on {found.steps:,} steps", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("time, at most", duration(found.seconds))
    table.add_row("  start", f"{found.start_seconds:.1f} s")
    table.add_row("  an epoch", f"{found.epoch_seconds:.3g} s, {found.images_per_second:,.0f} images/s")
    table.add_row("  results", f"{found.results_seconds:.1f} s")
    table.add_row("memory", f"{found.memory_bytes / 1e6:,.0f} MB")
    table.add_row("checkpoint", f"{found.checkpoint_bytes / 1e6:.1f} MB")
    table.add_row("  and to resume", f"{found.state_bytes / 1e6:.1f} MB")
    return table


class _JsonLines:
    """Says how far the measuring is, at most five times a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, share: float, word: str) -> None:
        if time.monotonic() - self._last >= BETWEEN_REPORTS:
            self._last = time.monotonic()
            _say({"share": round(share, 3), "message": word})


def _say(content: dict) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()
