"""`train`: a model into a new checkpoint folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from vae_core.checkpoint import load_checkpoint
from vae_core.command_line.choices import settings_from
from vae_core.command_line.console import readable_errors, screen
from vae_core.command_line.images import named_images, recorded_images
from vae_core.command_line.interrupt import caught_interrupt
from vae_core.command_line.options import Choices, takes_choices
from vae_core.command_line.screen import TrainingScreen, duration, score_table
from vae_core.command_line.shared_options import DataDir, Download, OwnParts, Threads, import_own_parts, use_threads
from vae_core.data import DATA_SETS, ImageSet
from vae_core.model_card import public_command
from vae_core.settings import Config
from vae_core.training import TrainingResult, train_model
from vae_core.training.denormals import denormals_flushed
from vae_core.training.initial_weights import initial_weights_of
from vae_core.training.loop import last_word
from vae_core.training.state import has_state, saved_config
from vae_core.training.tracking import TRACKERS, check_trackers

INTERRUPTED = 130
GO_ON = "Go on with the same command and --resume."
LOG_TO_VARIABLE = "LATENT_EXPLORER_LOG_TO"
TRAIN_HELP = """Train a model into a new checkpoint folder and measure it on the test images.

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

Ctrl-C stops after the step under way, keeps the best weights so far and measures them; a second one ends at once and \
keeps what was saved before. Losses are in nats per image.
"""

Out = Annotated[
    Path, typer.Option(help="The new checkpoint folder, such as checkpoints/my-digits; its name names the model.")
]
Data = Annotated[
    str | None,
    typer.Option(
        help=f"{', '.join(DATA_SETS)}, or a name of your own for the IDX files in --data-dir. (default: digits)"
    ),
]
DataCount = Annotated[
    int | None,
    typer.Option(
        help="How many images of shapes or shapes-colour to draw. "
        f"(default: {DATA_SETS['shapes'].count:,} and {DATA_SETS['shapes-colour'].count:,})"
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Continue the run in --out exactly where it stopped, or start it.")
]
Initial = Annotated[
    Path | None,
    typer.Option(
        "--initial-weights",
        help="The checkpoint folder of a model of the same make whose weights the run begins with, such as "
        "checkpoints/shapes-10d; colour may start from grey, collapsed dimensions begin afresh. "
        "(default: random weights)",
    ),
]
Snapshots = Annotated[
    bool,
    typer.Option(
        "--snapshots",
        help="Keep a small copy of the model after each epoch, to look at later how it learned; 20 MB at most in all.",
    ),
]
Device = Annotated[
    str,
    typer.Option(help="Where to train: auto (the fastest that is there), cpu, cuda or mps. A model loads on any."),
]
LogTo = Annotated[
    list[str] | None,
    typer.Option(
        envvar=LOG_TO_VARIABLE,
        help=f"Follow the run in {' or '.join(TRACKERS)} too, where that package is installed. May be given twice.",
    ),
]


@takes_choices
def train(
    out: Out,
    given: Choices,
    data: Data = None,
    data_dir: DataDir = None,
    data_count: DataCount = None,
    resume: Resume = False,
    download: Download = True,
    threads: Threads = None,
    device: Device = "auto",
    initial_weights: Initial = None,
    own_parts: OwnParts = None,
    snapshots: Snapshots = False,
    log_to: LogTo = None,
) -> None:
    """Trains as TRAIN_HELP says; ends with the code INTERRUPTED when Ctrl-C came."""
    with readable_errors(), denormals_flushed():
        import_own_parts(own_parts)
        use_threads(threads)
        trackers = check_trackers(log_to or ())
        earlier = saved_config(out) if resume and has_state(out) else None
        name = data or (earlier.data.name if earlier else "digits")
        if earlier and earlier.data.name == name and data_count is None:
            images = recorded_images(earlier.data, data_dir, download)
        else:
            images = named_images(name, data_dir, download, data_count)
        with _ending_at_once():
            result, interrupted = _train(
                given, images, out, resume, earlier, device, snapshots, initial_weights, trackers
            )
    screen.print(last_word(result), highlight=False)
    screen.print(
        f"{duration(result.facts.seconds)} of training, {result.facts.images_per_second:,.0f} images/s; "
        f"everything is in {out}",
        highlight=False,
    )
    screen.print(score_table(result.evaluation))
    if interrupted:
        screen.print(GO_ON)
        raise typer.Exit(INTERRUPTED)


def _train(
    given: Choices,
    images: ImageSet,
    out: Path,
    resume: bool,
    earlier: Config | None,
    device: str,
    snapshots: bool,
    initial: Path | None,
    trackers: tuple[str, ...],
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
            snapshots=snapshots,
            initial=None if initial is None else initial_weights_of(load_checkpoint(initial)),
            log_to=trackers,
        )
    return result, interrupt.came


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Says what a second Ctrl-C leaves, and ends with the code INTERRUPTED."""
    try:
        yield
    except KeyboardInterrupt:
        screen.print(f"Ended at once; nothing was measured. What was saved before is kept. {GO_ON}")
        raise typer.Exit(INTERRUPTED) from None


def _say_stopping() -> None:
    screen.print("Stopping: keeping the best weights and measuring them. Ctrl-C again ends at once.")
