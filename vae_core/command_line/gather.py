"""`gather`: images of one's own into a named data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from vae_core.command_line.console import readable_errors, screen
from vae_core.data import DATA_VARIABLE, DataError, data_root
from vae_core.data.gathering import Gathered, gather, look_at

LISTED = 20


def gather_images(
    sources: Annotated[
        list[Path], typer.Argument(help="A folder or ZIP of pictures, a .npy, an .npz, or the IDX files of one set.")
    ],
    name: Annotated[str, typer.Option(help="What the data set will be called, such as my-pictures.")],
    size: Annotated[
        str | None, typer.Option(help="Height and width to fit the images to, such as 64x64. (default: suggested)")
    ] = None,
    colour: Annotated[
        bool | None, typer.Option("--colour/--grey", help="Keep the colour or not. (default: suggested)")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help=f"The data folder to write into. (default: the one that {DATA_VARIABLE} names)"),
    ] = None,
) -> None:
    """Gather images of your own, fitted to one size and colour, as a data set that is trained on by its name.

    Sub-folders are labels; files that cannot be read are listed and left out.

    Example: [cyan]python -m vae_core gather holidays.zip --name holidays --size 64x64[/cyan], then
    [cyan]python -m vae_core train --data holidays --out checkpoints/holidays[/cyan]
    """
    with readable_errors():
        look = look_at(sources)
        channels, height, width = look.shape
        if size is None:
            screen.print(f"{look.count:,} images in {look.words}. {look.why}", highlight=False)
        else:
            height, width = _size(size)
        if colour is not None:
            channels = 3 if colour else 1
        with Progress(console=screen, disable=not screen.is_terminal) as bar:
            task = bar.add_task("Fitting the images", total=1.0)
            found = gather(
                sources,
                name,
                (channels, height, width),
                data_dir,
                lambda share, word: bar.update(task, completed=share),
            )
    _tell(found, data_dir or data_root())


def _tell(found: Gathered, root: Path) -> None:
    for file in found.left_out[:LISTED]:
        screen.print(f"Left out: {file.name}: {file.why}", highlight=False)
    if found.n_left_out > LISTED:
        screen.print(f"... and {found.n_left_out - LISTED:,} more; see gathered.json", highlight=False)
    channels, height, width = found.shape
    words = f"{found.count:,} images of {height}x{width}, {'grey' if channels == 1 else 'colour'}"
    screen.print(f"{words}, are in {root / found.name}. {' '.join((*found.fitted, *found.notes))}", highlight=False)


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise DataError(f"--size is {text!r}; it must be a height and a width, such as 64x64. Type it so.")
    return int(parts[0]), int(parts[1])
