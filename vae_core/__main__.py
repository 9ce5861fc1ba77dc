"""The command line: python -m vae_core train | estimate | evaluate | gather | cache | onnx | list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vae_core.checkpoint import list_checkpoints
from vae_core.command_line.console import readable_errors, screen
from vae_core.command_line.estimate import estimate
from vae_core.command_line.evaluate import evaluate
from vae_core.command_line.gather import gather_images
from vae_core.command_line.images import named_images
from vae_core.command_line.onnx import write_onnx
from vae_core.command_line.screen import checkpoint_table
from vae_core.command_line.shared_options import DataDir, Download, OwnParts, import_own_parts
from vae_core.command_line.train import TRAIN_HELP, train
from vae_core.data import DATA_SETS, cache_images

app = typer.Typer(
    name="vae_core",
    help="Train variational autoencoders, measure them, list them. Start with: python -m vae_core train --help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command(help=TRAIN_HELP)(train)
app.command()(estimate)
app.command()(evaluate)
app.command("gather")(gather_images)
app.command("onnx")(write_onnx)


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
        header = cache_images(named_images(data, data_dir, download), out)
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
        import_own_parts(own_parts)
    summaries = list_checkpoints(root)
    if summaries:
        screen.print(checkpoint_table(summaries))
    else:
        screen.print(f"No model in {root}. Train one: python -m vae_core train --out {root}/my-digits")


if __name__ == "__main__":
    app(prog_name="python -m vae_core")
