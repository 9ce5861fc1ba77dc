"""IDX files, the format of MNIST: four magic bytes, big-endian sizes, then plain bytes; gzipped or not.

Source of the format: the MNIST page of LeCun, Cortes and Burges ("FILE FORMATS FOR THE MNIST DATABASE").
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_core.data.image_set import DataError

IMAGES, LABELS = 3, 1
UNSIGNED_BYTE = 8
PIECE = 2**24
NAMES = {
    "train images": ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
    "train labels": ("train-labels-idx1-ubyte", "train-labels.idx1-ubyte"),
    "test images": ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"),
    "test labels": ("t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"),
}


@dataclass(frozen=True)
class IdxFolder:
    """What an IDX folder holds: images uint8 (N, 1, H, W), the test images last; labels int64 (N,) or None."""

    images: np.ndarray
    labels: np.ndarray | None
    n_train: int
    n_test: int


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """The array in one IDX file: uint8 with `dimensions` axes (3 for images, 1 for labels).

    Raises DataError when the file is no IDX file, holds another kind of array, or ends too early.
    """
    try:
        with _open(path) as file:
            shape = _read_header(path, file.read(4), dimensions, file)
            size = math.prod(shape)
            pixels = _read_at_most(file, size + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path.name} is a damaged gzip file ({error}); it was probably not copied to its end. "
            "Download or copy it again."
        ) from error
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path} cannot be read: {reason}. Check that the file is readable.") from error
    if len(pixels) != size:
        found = "more" if len(pixels) > size else f"{len(pixels):,}"
        raise DataError(
            f"{path.name} promises {size:,} bytes ({' x '.join(map(str, shape))}) and holds {found}; "
            "it was probably not copied to its end. Download or copy it again."
        )
    return np.frombuffer(pixels, np.uint8).reshape(shape)


def idx_shape(path: Path, dimensions: int) -> tuple[int, ...]:
    """The sizes that one IDX file announces, read from its header alone. Raises DataError as `read_idx`."""
    try:
        with _open(path) as file:
            return _read_header(path, file.read(4), dimensions, file)
    except (EOFError, zlib.error, OSError) as error:  # a damaged gzip file is an OSError too
        raise DataError(f"{path.name} cannot be read ({error}). Download or copy it again.") from error


def write_idx(path: Path, values: np.ndarray) -> None:
    """Write uint8 values as a gzipped IDX file (`path` ends in .gz)."""
    header = struct.pack(f">HBB{values.ndim}I", 0, UNSIGNED_BYTE, values.ndim, *values.shape)
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write(header)
        file.write(np.ascontiguousarray(values, np.uint8).data)


def find_idx(folder: Path, kind: str) -> Path | None:
    """The file of one kind ("train images", ...) in the folder, gzipped or not; None when it is absent."""
    for name in NAMES[kind]:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    return None


def idx_folder(data_dir: Path, name: str) -> Path:
    """The folder that holds the training images: data_dir itself, or its sub-folder called `name`.

    Raises DataError when neither does.
    """
    for folder in (data_dir, data_dir / name):
        if find_idx(folder, "train images"):
            return folder
    if not data_dir.is_dir():
        raise DataError(f"{data_dir} is no folder; the IDX files of {name!r} are read from one. Check the path.")
    content = sorted(entry.name for entry in data_dir.iterdir())
    found = ", ".join(content[:6]) + (", ..." if len(content) > 6 else "") if content else "nothing"
    raise DataError(
        f"{data_dir} holds {found}; an IDX folder holds {NAMES['train images'][0]}, gzipped or not "
        f"(and, if there are any, {', '.join(names[0] for names in list(NAMES.values())[1:])}). "
        "Put the files there, or name the folder that holds them."
    )


def read_idx_folder(folder: Path) -> IdxFolder:
    """All images and labels of a folder with the four usual IDX names; only the training images are required.

    Raises DataError when a file is damaged, or when images and labels do not belong together.
    """
    train_images, train_labels = _read_part(folder, "train")
    if not find_idx(folder, "test images"):
        return IdxFolder(train_images[:, None], train_labels, len(train_images), 0)
    test_images, test_labels = _read_part(folder, "test")
    if train_images.shape[1:] != test_images.shape[1:]:
        raise DataError(
            f"training images are {train_images.shape[1:]} and test images {test_images.shape[1:]} (height, width); "
            "both must have one size. Check that the files belong together."
        )
    if (train_labels is None) != (test_labels is None):
        raise DataError(
            f"{folder} holds labels for one part only; give labels for training and test images, or for neither."
        )
    labels = None if train_labels is None else np.concatenate([train_labels, test_labels])
    images = np.concatenate([train_images, test_images])[:, None]
    return IdxFolder(images, labels, len(train_images), len(test_images))


def _read_part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray | None]:
    images = read_idx(find_idx(folder, f"{part} images"), IMAGES)
    path = find_idx(folder, f"{part} labels")
    if path is None:
        return images, None
    labels = read_idx(path, LABELS).astype(np.int64)
    if len(labels) != len(images):
        raise DataError(
            f"{path.name} holds {len(labels)} labels for {len(images)} images; "
            "they must be as many. Check that the files belong together."
        )
    return images, labels


def _open(path: Path):
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if gzipped else path.open("rb")


def _read_at_most(file, size: int) -> bytearray:
    # In pieces, so that a header that promises too much takes no memory for it.
    content = bytearray()
    while len(content) < size and (piece := file.read(min(PIECE, size - len(content)))):
        content += piece
    return content


def _read_header(path: Path, magic: bytes, dimensions: int, file) -> tuple[int, ...]:
    wanted = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    if magic != wanted:
        raise DataError(
            f"{path.name} starts with the bytes {magic.hex(' ') or '(none)'}; an IDX file of "
            f"{'images' if dimensions == IMAGES else 'labels'} starts with {wanted.hex(' ')}. "
            "Give the original IDX file, gzipped or not."
        )
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(f"{path.name} ends inside its header; download or copy it again.")
    return struct.unpack(f">{dimensions}I", sizes)
