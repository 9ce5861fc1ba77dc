"""Where the command line talks, and how it says what a person can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from vae_core.checkpoint import CheckpointError
from vae_core.data import DataError
from vae_core.training import TrainingError
from vae_core.training.processes import is_first_process

screen = Console(quiet=not is_first_process())  # of several processes under torchrun one talks
errors = Console(stderr=True, quiet=not is_first_process())


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn the errors that a person can mend into one sentence and exit code 1."""
    try:
        yield
    except (DataError, TrainingError, CheckpointError) as error:
        errors.print(f"[bold red]Error:[/bold red] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
