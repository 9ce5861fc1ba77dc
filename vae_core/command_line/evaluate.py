"""`evaluate`: what models are worth on their test images."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from vae_core.checkpoint import CheckpointError, load_config
from vae_core.command_line.console import errors, readable_errors, screen
from vae_core.command_line.images import recorded_images
from vae_core.command_line.screen import score_table
from vae_core.command_line.shared_options import DataDir, Download, OwnParts, Threads, import_own_parts, use_threads
from vae_core.data import DATA_SETS, DataError, ImageSet
from vae_core.model_card import public_command
from vae_core.settings import Config
from vae_core.training.results import training_facts, write_results


def evaluate(
    folders: Annotated[list[Path], typer.Argument(help="Checkpoint folders, such as checkpoints/digits-8d.")],
    data_dir: DataDir = None,
    importance_samples: Annotated[
        int, typer.Option(min=0, help="Samples per image for -log p(x); 0 leaves that figure out.")
    ] = 500,
    importance_images: Annotated[
        int, typer.Option(min=1, help="On how many of the test images -log p(x) is estimated.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Repeats the noise of the estimates.")] = 0,
    download: Download = True,
    threads: Threads = None,
    own_parts: OwnParts = None,
) -> None:
    """Measure models on the test images; rewrites evaluation.json, latents.npz and the model card.

    Likelihood, what the latents carry, PSNR and SSIM, known factors and labels, and the quality of generated images:
    about a minute for MNIST on one core.

    Example: [cyan]python -m vae_core evaluate checkpoints/digits-8d --importance-samples 500[/cyan]
    """
    command = public_command(sys.argv[1:], folders)
    with readable_errors():
        import_own_parts(own_parts)
        use_threads(threads)
        for folder in folders:
            config = load_config(folder)
            images = recorded_images(config.data, data_dir, download)
            _check_data(config, images)
            facts = _training_facts(folder)
            scores = write_results(
                folder, images, facts, command, seed, importance_samples, importance_images, thorough=True
            )
            screen.print(f"[bold]{config.name}[/bold]")
            screen.print(score_table(scores))


def _training_facts(folder: Path) -> dict | None:
    """What evaluation.json keeps of the training; None when it cannot be read: it is rewritten."""
    try:
        return training_facts(folder)
    except CheckpointError as problem:
        screen.print(f"{problem} It is written anew.")
        return None


def _check_data(config: Config, images: ImageSet) -> None:
    if images.fingerprint == config.data.fingerprint:
        return
    if config.data.name not in DATA_SETS or images.image_shape != config.model.image_shape:
        raise DataError(
            f"{config.data.name!r} has the fingerprint {images.fingerprint[:12]}; {config.name} was trained on "
            f"{config.data.fingerprint[:12]}, so its test images cannot be told apart. Give the same files."
        )
    errors.print(
        f"Note: {config.data.name!r} is not byte for byte what {config.name} was trained on (another order, for "
        "example). The test split is the published one all the same."
    )
