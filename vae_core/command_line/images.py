"""The images that a command works on, loaded while the screen says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vae_core.command_line.console import screen
from vae_core.data import ImageSet, load_images, load_recorded
from vae_core.settings import DataSettings


def named_images(name: str, data_dir: Path | None, download: bool, count: int | None = None) -> ImageSet:
    """The images of a data set; count: how many to draw of one that is drawn."""
    with _loading(name) as tell:
        return load_images(name, data_dir, download=download, progress=tell, count=count)


def recorded_images(data: DataSettings, data_dir: Path | None, download: bool) -> ImageSet:
    """The images that a model was trained on, split as they were then."""
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
