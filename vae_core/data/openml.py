"""MNIST and Fashion-MNIST by name from OpenML, kept afterwards as the usual four IDX files."""

from __future__ import annotations

import logging
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np

from vae_core.data.idx import NAMES, write_idx
from vae_core.data.image_set import DataError

REPORT_SECONDS = 0.5
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenmlEntry:
    """One data set on OpenML: its number there, the published sizes, height and width of an image."""

    number: int
    n_train: int
    n_test: int
    height: int
    width: int


ENTRIES = {
    "mnist": OpenmlEntry(554, 60_000, 10_000, 28, 28),
    "fashion": OpenmlEntry(40996, 60_000, 10_000, 28, 28),
}


def download_idx(
    name: str,
    folder: Path,
    progress: Callable[[str], None] | None = None,
    entries: dict[str, OpenmlEntry] = ENTRIES,
    retries: int = 3,
) -> None:
    """Fetch one of ENTRIES and leave it in `folder` as four gzipped IDX files; `progress` gets short sentences.

    Raises DataError without a network, without room on the disk, or when what came is not what was asked for.
    """
    say = progress or log.info
    say(f"Fetching {name} from OpenML")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as cache:
            pixels, labels = _fetch(entries[name], Path(cache), say, retries)
            say(f"Writing {name} as IDX files")
            _keep(entries[name], pixels, labels, Path(cache), folder)
    except (URLError, TimeoutError, ConnectionError) as error:
        raise DataError(
            f"{name!r} cannot be fetched from OpenML: {getattr(error, 'reason', error)}. "
            f"This needs a network. Connect and try again, or put the four IDX files into {folder}, "
            "or train on the bundled digits."
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{name!r} came from OpenML but cannot be kept in {folder}: {error}") from error


def _fetch(entry: OpenmlEntry, cache: Path, say: Callable[[str], None], retries: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import fetch_openml

    with _size_reports(cache, say), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bunch = fetch_openml(
            data_id=entry.number,
            data_home=str(cache),
            as_frame=False,
            n_retries=retries,
            parser="pandas",
            # By default the labels are read as categories, which scikit-learn 1.9 cannot handle with pandas 3.
            read_csv_kwargs={"dtype": dict.fromkeys(range(entry.height * entry.width), np.uint8)},
        )
    return bunch.data, bunch.target


def _keep(entry: OpenmlEntry, pixels: np.ndarray, labels: np.ndarray, cache: Path, folder: Path) -> None:
    count = entry.n_train + entry.n_test
    if pixels.shape != (count, entry.height * entry.width) or len(labels) != count:
        raise ValueError(
            f"it holds {pixels.shape[0]} rows of {pixels.shape[1]} pixels, expected {count} of "
            f"{entry.height * entry.width}. Try again later, or give the IDX files."
        )
    images = pixels.astype(np.uint8).reshape(count, entry.height, entry.width)
    numbers = np.asarray(labels).astype(np.int64).astype(np.uint8)
    parts = {"train": slice(0, entry.n_train), "test": slice(entry.n_train, count)}
    files = {f"{part} {kind}": values[rows] for part, rows in parts.items()
             for kind, values in (("images", images), ("labels", numbers))}  # fmt: skip
    # The training images come last: their presence is what marks the folder as complete.
    for kind in sorted(files, key=lambda kind: kind == "train images"):
        name = f"{NAMES[kind][0]}.gz"
        write_idx(cache / name, files[kind])
        (cache / name).replace(folder / name)


@contextmanager
def _size_reports(cache: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Say how much has arrived while the block runs; fetch_openml itself reports nothing."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(REPORT_SECONDS):
            if received := _size(cache):
                say(f"Received {received / 1e6:.1f} MB")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _size(folder: Path) -> int:
    """Bytes in the folder; 0 at a moment when a file vanishes under the look."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*"))
    except FileNotFoundError:
        return 0
