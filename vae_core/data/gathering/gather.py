"""Images of one's own into a named data set of the data folder, fitted to one size and colour."""

from __future__ import annotations

import errno
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vae_core.data.catalogue import DATA_SETS, DATA_VARIABLE, OWN_NAME, data_root
from vae_core.data.errors import DataError
from vae_core.data.gathering.array_files import read_npy, read_npz
from vae_core.data.gathering.idx_uploads import is_idx, read_idx_files
from vae_core.data.gathering.own_images import OwnImages
from vae_core.data.gathering.picture_sources import FolderPictures, ZipPictures
from vae_core.data.gathering.report import Gathered, Shape
from vae_core.data.gathering.writing import Report, write_set
from vae_core.data.image_set import CHANNELS, SIDES

ROOM_TO_SPARE = 50_000_000  # bytes that stay free


def own_images(files: Sequence[Path], flat_shape: Shape | None = None) -> OwnImages:
    """The images in one folder, ZIP, .npy or .npz, or in one to four IDX files. Raises DataError for anything else."""
    files = [Path(file) for file in files]
    if not files:
        raise DataError("There is no file. Choose a ZIP of pictures, a .npy, an .npz or IDX files.")
    first, ending = files[0], files[0].suffix.lower()
    if all(file.is_file() and is_idx(file) for file in files):
        return read_idx_files(files)
    if len(files) > 1:
        raise DataError(
            f"There are {len(files)} files, and {_not_idx(files)} is no IDX file; several are taken together only "
            "when all are IDX files. Pack pictures into one ZIP."
        )
    if first.is_dir():
        return FolderPictures(first)
    if ending == ".zip":
        return ZipPictures(first)
    if ending in (".npy", ".npz"):
        return (read_npy if ending == ".npy" else read_npz)(first, flat_shape)
    raise DataError(
        f"{first.name} is no source of images; it must be a ZIP of pictures, a .npy, an .npz or IDX files. Pack "
        "single pictures into one ZIP."
    )


def gather(
    files: Sequence[Path],
    name: str,
    shape: Shape,
    root: Path | None = None,
    report: Report | None = None,
    flat_shape: Shape | None = None,
) -> Gathered:
    """Fit all images to the shape (C, H, W) and write them as the data set ``name`` into the data folder.

    The folder appears whole or not at all, and training finds it by its name. Files that cannot be read are left out
    and listed. root: another folder than that of LATENT_EXPLORER_DATA. report: gets the share done and a word.
    Raises DataError for a name that is taken or is none, a shape that no model takes, a full disk, and when fewer than
    10 images can be read.
    """
    root, report = Path(root or data_root()), report or (lambda share, word: None)
    check_name(name, root)
    check_shape(shape)
    images = own_images(files, flat_shape)
    draft = root / f".{name}.{uuid.uuid4().hex[:8]}"
    try:
        draft.mkdir(parents=True)
        _check_room(root, len(images) * int(np.prod(shape)))
        gathered = write_set(images, name, shape, draft, report)
        draft.rename(root / name)  # fails where somebody else was faster
    except OSError as problem:
        raise DataError(_unwritten(root, problem)) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return gathered


def check_name(name: str, root: Path | None = None) -> None:
    """Raises DataError when a data set of one's own cannot be called so."""
    if not OWN_NAME.fullmatch(name):
        raise DataError(
            f"The data's name is {name!r}; it has 1 to 64 characters of a-z, 0-9, dot, dash and underscore and starts "
            "with a letter or figure. Try my-pictures."
        )
    if name in DATA_SETS or ((root or data_root()) / name).exists():
        raise DataError(f"The data's name {name} is taken; nothing is overwritten. Choose another name.")


def check_shape(shape: Shape) -> None:
    """Raises DataError when no model takes images of this shape (C, H, W)."""
    low, high = SIDES
    if shape[0] not in CHANNELS or not all(low <= side <= high for side in shape[1:]):
        raise DataError(
            f"The size is {shape[1]}×{shape[2]} with {shape[0]} channels; each side must be {low} to {high} and the "
            "channels 1 (grey) or 3 (colour). Choose another size."
        )


def _check_room(root: Path, needed: int) -> None:
    free = shutil.disk_usage(root).free
    if free < 2 * needed + ROOM_TO_SPARE:
        raise DataError(
            f"The images take {2 * needed / 1e6:,.0f} MB while they are written and {free / 1e6:,.0f} MB are free in "
            "the data folder. Choose a smaller size, or free some space."
        )


def _unwritten(root: Path, problem: OSError) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk of the data folder is full; nothing was kept. Free some space, or choose a smaller size."
    if problem.errno in (errno.ENOTEMPTY, errno.EEXIST):
        return "The data's name was taken meanwhile; nothing is overwritten. Choose another name."
    return (
        f"The data folder {root} cannot be written ({problem.strerror}); nothing was kept. Mend that, or name another "
        f"folder with {DATA_VARIABLE}."
    )


def _not_idx(files: list[Path]) -> str:
    return next(file.name for file in files if file.is_dir() or not is_idx(file))
