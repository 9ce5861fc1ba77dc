"""What data sets lie on this machine, and what each holds, without reading its images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vae_core.data.cache import cache_folder, read_cache_header
from vae_core.data.catalogue import COLOUR_OF_DRAWN, DATA_SETS, DIGITS, OWN_NAME, available, data_root
from vae_core.data.errors import DataError
from vae_core.data.idx import IMAGES, NAMES, find_idx, idx_shape

Signature = tuple[tuple[str, int, int], ...]  # name, time in ns, bytes


@dataclass(frozen=True)
class DataOutline:
    """A data set of this machine: count images of shape (C, H, W), with labels or without.

    signature: what its files were when it was looked at; empty for sets that no file can change.
    """

    name: str
    count: int
    shape: tuple[int, int, int]
    labelled: bool
    signature: Signature


def data_names() -> list[str]:
    """The names of all data sets of this machine, those that this project knows first."""
    known = [name for name in DATA_SETS if available(name)]
    root = data_root()
    folders = sorted(entry.name for entry in root.iterdir() if entry.is_dir()) if root.is_dir() else []
    return known + [name for name in folders if OWN_NAME.fullmatch(name) and name not in DATA_SETS and available(name)]


def data_outline(name: str) -> DataOutline:
    """What a data set holds. Raises DataError when it is not on this machine, or its files cannot be read."""
    if not OWN_NAME.fullmatch(name) or not available(name):
        raise DataError(f"The data set {name[:64]!r} is not on this machine. Choose one of {', '.join(data_names())}.")
    if name == DIGITS or name in COLOUR_OF_DRAWN:
        return DataOutline(name, DATA_SETS[name].count, DATA_SETS[name].shape, True, ())
    folder = cache_folder(data_root() / name, name)
    if folder is not None:
        header = read_cache_header(folder)
        return DataOutline(name, header.shape[0], header.shape[1:], header.labelled, _signature(folder))
    return _of_idx(name, data_root() / name)


def _of_idx(name: str, folder: Path) -> DataOutline:
    parts = [find_idx(folder, f"{part} images") for part in ("train", "test")]
    shapes = [idx_shape(path, IMAGES) for path in parts if path is not None]
    _, height, width = shapes[0]
    labelled = find_idx(folder, "train labels") is not None
    return DataOutline(name, sum(shape[0] for shape in shapes), (1, height, width), labelled, _signature(folder))


def _signature(folder: Path) -> Signature:
    wanted = {"cache.json", "images.npy", "labels.npy"}
    wanted |= {f"{name}{end}" for names in NAMES.values() for name in names for end in ("", ".gz")}
    files = sorted(entry for entry in folder.iterdir() if entry.name in wanted)
    states = [(entry.name, entry.stat()) for entry in files]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
