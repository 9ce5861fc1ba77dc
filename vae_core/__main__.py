"""The command line: python -m vae_core train | evaluate | cache | list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from vae_core.checkpoint import CheckpointError, list_checkpoints, load_config
from vae_core.command_line.choices import settings_from
from vae_core.command_line.interrupt import caught_interrupt
from vae_core.command_line.options import Choices, takes_choices
from vae_core.command_line.screen import TrainingScreen, checkpoint_table, duration, score_table
from vae_core.data import (
    DATA_SETS,
    DATA_VARIABLE,
    DataError,
    ImageSet,
    cache_images,
    load_images,
    load_recorded,
)
from vae_core.model_card import public_command
from vae_core.own_parts import import_parts
from vae_core.settings import Config, DataSettings
from vae_core.training import TrainingError, TrainingResult, train_model
from vae_core.training.loop import last_word
from vae_core.training.processes import is_first_process
from vae_core.training.results import training_facts, write_results
from vae_core.training.state import has_state, saved_config

INTERRUPTED = 130
app = typer.Typer(
    name="vae_core",
    help="Train variational autoencoders, measure them, list them. Start with: python -m vae_core train --help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
screen = Console(quiet=not is_first_process())  # of several processes under torchrun one talks
errors = Console(stderr=True, quiet=not is_first_process())

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
Device = Annotated[
    str,
    typer.Option(help="Where to train: auto (the fastest that is there), cpu, cuda or mps. A model loads on any."),
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


@app.command()
@takes_choices
def train(
    out: Annotated[
        Path, typer.Option(help="The new checkpoint folder, such as checkpoints/my-digits; its name names the model.")
    ],
    given: Choices,
    data: Annotated[
        str | None,
        typer.Option(
            help=f"{', '.join(DATA_SETS)}, or a name of your own for the IDX files in --data-dir. (default: digits)"
        ),
    ] = None,
    data_dir: DataDir = None,
    data_count: Annotated[
        int | None,
        typer.Option(
            help="How many images of shapes or shapes-colour to draw. "
            f"(default: {DATA_SETS['shapes'].count:,} and {DATA_SETS['shapes-colour'].count:,})"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --out exactly where it stopped, or start it.")
    ] = False,
    download: Download = True,
    threads: Threads = None,
    device: Device = "auto",
    own_parts: OwnParts = None,
) -> None:
    """Train a model into a new checkpoint folder and measure it on the test images.

    [bold]Examples[/bold]

    The bundled digits, a map after some seconds:

    [cyan]python -m vae_core train --data digits --latent-dim 2 --out checkpoints/my-digits[/cyan]

    Twenty thousand drawn shapes, whose factors are known:

    [cyan]python -m vae_core train --data shapes --data-count 20000 --network conv --out checkpoints/my-shapes[/cyan]

    Dimensions that are independent of one another (docs/objectives.md explains each objective):

    [cyan]python -m vae_core train --objective beta-tcvae --beta 6 --latent-dim 6 --out checkpoints/my-factors[/cyan]

    MNIST from a folder with its IDX files:

    [cyan]python -m vae_core train --data mnist --data-dir DIR --latent-dim 16 --out checkpoints/my-mnist[/cyan]

    In two processes that share every batch:

    [cyan]torchrun --nproc-per-node 2 -m vae_core train --out checkpoints/my-mnist --data mnist --data-dir DIR[/cyan]

    Go on after Ctrl-C, or for more epochs:

    [cyan]python -m vae_core train --out checkpoints/my-mnist --resume --epochs 60[/cyan]

    Ctrl-C stops after the step under way and keeps the best weights so far. Losses are in nats per image.
    """
    with readable_errors():
        _import(own_parts)
        _use_threads(threads)
        earlier = saved_config(out) if resume and has_state(out) else None
        name = data or (earlier.data.name if earlier else "digits")
        if earlier and earlier.data.name == name and data_count is None:
            images = _recorded_images(earlier.data, data_dir, download)
        else:
            images = _images(name, data_dir, download, data_count)
        result, interrupted = _train(given, images, out, resume, earlier, device)
    screen.print(last_word(result), highlight=False)
    screen.print(
        f"{duration(result.facts.seconds)} of training, {result.facts.images_per_second:,.0f} images/s; "
        f"everything is in {out}",
        highlight=False,
    )
    screen.print(score_table(result.evaluation))
    if interrupted:
        screen.print("Go on with the same command and --resume.")
        raise typer.Exit(INTERRUPTED)


@app.command()
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
        _import(own_parts)
        _use_threads(threads)
        for folder in folders:
            config = load_config(folder)
            images = _recorded_images(config.data, data_dir, download)
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


@app.command("cache")
def write_image_cache(
    out: Annotated[Path, typer.Option(help="The new folder for images.npy, labels.npy and cache.json.")],
    data: Annotated[str, typer.Option(help=f"{', '.join(DATA_SETS)}, or the name of your own IDX files.")] = "digits",
    data_dir: DataDir = None,
    download: Download = True,
) -> None:
    """Write images as a cache that is trained from without being in memory; vae_core.data.write_cache writes any size.

    Example: [cyan]python -m vae_core cache --data mnist --data-dir DIR --out CACHE[/cyan], then
    [cyan]python -m vae_core train --data mnist --data-dir CACHE --out checkpoints/my-mnist[/cyan]
    """
    with readable_errors():
        header = cache_images(_images(data, data_dir, download), out)
    screen.print(f"{header.shape[0]:,} images of {header.name} are in {out}", highlight=False)


@app.command("list")
def list_models(
    root: Annotated[Path, typer.Argument(help="The folder that holds the checkpoint folders.")] = Path("checkpoints"),
    own_parts: OwnParts = None,
) -> None:
    """List the models in a folder, broken ones with what is wrong.

    Example: [cyan]python -m vae_core list checkpoints[/cyan]
    """
    with readable_errors():
        _import(own_parts)
    summaries = list_checkpoints(root)
    if summaries:
        screen.print(checkpoint_table(summaries))
    else:
        screen.print(f"No model in {root}. Train one: python -m vae_core train --out {root}/my-digits")


def _train(
    given: Choices, images: ImageSet, out: Path, resume: bool, earlier: Config | None, device: str
) -> tuple[TrainingResult, bool]:
    model, training = settings_from(given, images, earlier)
    with TrainingScreen(screen) as shown, caught_interrupt(_say_stopping) as interrupt:
        result = train_model(
            images,
            model,
            training,
            out,
            progress=shown.epoch,
            resume=resume,
            should_stop=lambda: interrupt.came,
            on_pulse=shown.pulse,
            command=public_command(sys.argv[1:]),
            device=device,
        )
    return result, interrupt.came


def _images(name: str, data_dir: Path | None, download: bool, count: int | None) -> ImageSet:
    with _loading(name) as tell:
        return load_images(name, data_dir, download=download, progress=tell, count=count)


def _recorded_images(data: DataSettings, data_dir: Path | None, download: bool) -> ImageSet:
    with _loading(data.name) as tell:
        return load_recorded(data, data_dir, download=download, progress=tell)


@contextmanager
def _loading(name: str) -> Iterator[Callable[[str], None]]:
    with screen.status(f"Loading {name}") as status:

        def tell(sentence: str) -> None:
            status.update(sentence)
            if not screen.is_terminal and not sentence.startswith("Received"):
                screen.print(sentence, highlight=False)

        yield tell


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


def _import(modules: list[str] | None) -> None:
    for module in modules or []:
        try:
            import_parts(module)
        except ValueError as error:
            raise TrainingError(f"--import is {module}: {error}") from None


def _use_threads(threads: int | None) -> None:
    if threads:
        torch.set_num_threads(threads)


def _say_stopping() -> None:
    screen.print("Stopping: keeping the best weights and measuring them. Ctrl-C again ends at once.")


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn the errors that a person can mend into one sentence and exit code 1."""
    try:
        yield
    except (DataError, TrainingError, CheckpointError) as error:
        errors.print(f"[bold red]Error:[/bold red] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app(prog_name="python -m vae_core")
