"""The command line of a Ray job: `python -m vae_core.on_ray --workers 2 -- train --data digits --out DIR/my-digits`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vae_core.on_ray.training import Workers, train_on_ray

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    arguments: Annotated[list[str], typer.Argument(help="train and its options, after --; --out on a shared disk.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes that share every batch.")] = 1,
    cpus: Annotated[int, typer.Option(min=1, help="Processor cores of each worker.")] = 1,
    gpus: Annotated[int, typer.Option(min=0, max=1, help="Graphics cards of each worker: 0 or 1.")] = 0,
) -> None:
    """Train as `python -m vae_core train` does, in workers of the Ray cluster that this job belongs to."""
    sys.exit(train_on_ray(arguments, Workers(workers, cpus, gpus)))


if __name__ == "__main__":
    app(prog_name="python -m vae_core.on_ray")
