"""The options that several commands take, and what those do that are no argument of a function."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from vae_core.data import DATA_VARIABLE
from vae_core.own_parts import import_parts
from vae_core.training import TrainingError

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="The folder with the IDX files of --data (train-images-idx3-ubyte and so on, gzipped or not), or its "
        f"parent. Left out: the sub-folder named like the data in the folder that {DATA_VARIABLE} names (else in "
        "data/ of the project).",
    ),
]
Download = Annotated[
    bool, typer.Option(help="Whether mnist and fashion may be fetched from OpenML when they are not there.")
]
OwnParts = Annotated[
    list[str] | None,
    typer.Option(
        "--import",
        help="A Python module that registers networks, likelihoods, priors or objectives of your own, such as "
        "my_networks for my_networks.py in this folder (docs/own-network.md). Its code runs. May be given again.",
    ),
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="How many processor cores to use. (default: as torch finds them)")
]


def import_own_parts(modules: list[str] | None) -> None:
    """Does what --import says; raises TrainingError for a module that cannot be used."""
    for module in modules or []:
        try:
            import_parts(module)
        except ValueError as error:
            raise TrainingError(f"--import is {module}: {error}") from None


def use_threads(threads: int | None) -> None:
    """Does what --threads says."""
    if threads:
        torch.set_num_threads(threads)
