"""Images in .npy and .npz files: any usual shape, uint8, float or bool, opened without running any code."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vae_core.data.arrays import as_bytes
from vae_core.data.errors import DataError
from vae_core.data.gathering.own_images import Labels, OwnImages, Picture, check_count, labels_of
from vae_core.data.image_set import CHANNELS

MOST_BYTES = 4 * 2**30  # of an array in an .npz, which is unpacked into memory
IMAGES = ("images", "imgs", "x", "data", "x_train", "train_images", "arr_0")
LABELS = ("labels", "label", "y", "target", "targets", "y_train", "train_labels")
TEST_IMAGES, TEST_LABELS = ("x_test", "test_images"), ("y_test", "test_labels")
LABEL_NAMES = ("label_names", "class_names", "classes")


class ArrayImages(OwnImages):
    """Images of arrays. images: (N, H, W), (N, H, W, C) or (N, C, H, W), or (N, H·W·C) with ``shape`` (C, H, W)."""

    def __init__(
        self,
        images: np.ndarray,
        labels: Labels,
        words: str,
        shape: tuple[int, int, int] | None = None,
        n_test: int = 0,
    ) -> None:
        super().__init__()
        self.words, self.labels, self.n_test = words, labels, n_test
        self.images = _channels_last(images, shape)
        check_count(len(self.images), "The array")
        height, width, channels = self.images.shape[1:]
        self.shape = (channels, height, width)
        self._scale = _scale(self.images)
        if self._scale > 1:
            self.notes = ("Its values are 0 and 1; 1 is taken as white.",)

    def __len__(self) -> int:
        return len(self.images)

    def name(self, place: int) -> str:
        return f"image {place}"

    def picture(self, place: int) -> Picture:
        return Picture(np.ascontiguousarray(self.rows(place, place + 1)[0].transpose(1, 2, 0)))

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Images uint8 (n, C, H, W). Raises DataError for pixels that are no grey values."""
        some = self.images[start:stop]
        if self._scale > 1:
            return np.ascontiguousarray(some.transpose(0, 3, 1, 2)).astype(np.uint8) * np.uint8(self._scale)
        return np.ascontiguousarray(as_bytes(_grey_values(some)).transpose(0, 3, 1, 2))


def read_npy(file: Path, shape: tuple[int, int, int] | None = None) -> ArrayImages:
    """The images of a .npy file, mapped. shape: (C, H, W) of images that lie flat. Raises DataError."""
    try:
        images = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as problem:
        raise DataError(
            f"{file.name} is no array that can be read ({_first(problem)}). Save plain numbers with np.save."
        ) from problem
    return ArrayImages(images, Labels(note="A .npy file holds no labels; an .npz may."), "a .npy file", shape)


def read_npz(file: Path, shape: tuple[int, int, int] | None = None) -> ArrayImages:
    """The images and labels of an .npz file, by the usual names of its arrays. Raises DataError."""
    try:
        with np.load(file, allow_pickle=False) as content:
            _check_sizes(file)
            return _of_npz(file.name, content, shape)
    except DataError:
        raise
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as problem:
        raise DataError(
            f"{file.name} is no .npz that can be read ({_first(problem)}). Save plain arrays with np.savez."
        ) from problem


def _of_npz(name: str, content: Mapping[str, np.ndarray], shape: tuple[int, int, int] | None) -> ArrayImages:
    images_at = _named(content, IMAGES)
    if images_at is None:
        raise DataError(
            f"{name} holds the arrays {', '.join(content)[:200] or '(none)'}; the images are looked for under "
            f"{', '.join(IMAGES)}. Save them under one of these names, the labels as labels."
        )
    images, labels = content[images_at], _array(content, LABELS)
    test, test_labels = _array(content, TEST_IMAGES), _array(content, TEST_LABELS)
    n_test = 0 if test is None else len(test)
    if n_test:
        if test.shape[1:] != images.shape[1:]:
            raise DataError(f"{name} holds test images of another shape, {test.shape[1:]}, than {images.shape[1:]}.")
        images = np.concatenate([images, test])
        both = labels is not None and test_labels is not None
        labels = np.concatenate([labels, test_labels]) if both else None
    names = _array(content, LABEL_NAMES)
    found = _labels(name, labels, len(images), () if names is None else tuple(str(each) for each in names.reshape(-1)))
    return ArrayImages(images, found, "an .npz file", shape, n_test)


def _labels(name: str, labels: np.ndarray | None, count: int, names: tuple[str, ...]) -> Labels:
    if labels is None:
        return Labels(note=f"There are no labels (an array called {LABELS[0]} would hold them).")
    labels = labels.reshape(len(labels), -1)
    if labels.shape[1] > 1 and labels.shape[1] <= 1000 and np.array_equal(labels.sum(axis=1), np.ones(len(labels))):
        labels = labels.argmax(axis=1)[:, None]  # one-hot
    if labels.shape != (count, 1):
        raise DataError(f"{name} holds labels of shape {labels.shape} for {count:,} images. Give one label per image.")
    if labels.dtype.kind not in "iubUS":
        return Labels(note=f"Its labels are {labels.dtype}, no classes, and were left aside.")
    values = labels[:, 0]
    text = values.astype(str) if values.dtype.kind == "S" else values
    found = labels_of(text.astype(np.int64) if text.dtype.kind == "b" else text, names)
    return found if found.note else Labels(found.values, found.names, f"{len(found.names):,} labels came with it.")


def _named(content: Mapping[str, np.ndarray], names: tuple[str, ...]) -> str | None:
    found = {name.lower(): name for name in content}
    wanted = next((found[name] for name in names if name in found), None)
    return wanted or (next(iter(content)) if names is IMAGES and len(found) == 1 else None)


def _array(content: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray | None:
    name = _named(content, names)
    return None if name is None else content[name]


def _check_sizes(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        largest = max((entry.file_size for entry in archive.infolist()), default=0)
    if largest > MOST_BYTES:
        raise DataError(
            f"{file.name} holds an array of {largest:,} bytes; at most {MOST_BYTES:,} are unpacked. Save it as .npy, "
            "which is read from the disk."
        )


def _channels_last(images: np.ndarray, shape: tuple[int, int, int] | None) -> np.ndarray:
    """A view (N, H, W, C)."""
    if images.dtype.kind not in "uifb":
        raise DataError(f"The images are {images.dtype}; they must be numbers, uint8 in 0..255 or float in [0, 1].")
    if images.ndim == 2:
        return _from_flat(images, shape)
    if images.ndim == 3:
        return images[..., None]
    if images.ndim == 4 and images.shape[3] in CHANNELS:
        return images
    if images.ndim == 4 and images.shape[1] in CHANNELS:
        return images.transpose(0, 2, 3, 1)
    raise DataError(
        f"The images have shape {images.shape}; it must be (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 "
        "channels, or (N, H·W) with the size stated. Reshape them."
    )


def _from_flat(images: np.ndarray, shape: tuple[int, int, int] | None) -> np.ndarray:
    values = images.shape[1]
    if shape is None:
        side = math.isqrt(values)
        shape = (1, side, side) if side * side == values else (0, 0, 0)
    if math.prod(shape) != values:
        raise DataError(
            f"The images have shape {images.shape}, {values:,} values each in a row; height × width × channels must be "
            f"as many. State the height and the width that they have."
        )
    channels, height, width = shape
    return images.reshape(len(images), height, width, channels)


def _scale(images: np.ndarray) -> int:
    """By how much whole numbers are multiplied: 255 where they are 0 and 1 only, as masks are stored."""
    if images.dtype.kind == "b":
        return 255
    if images.dtype.kind not in "iu" or not len(images):
        return 1
    rows = max(1, 2**24 // max(1, images[0].size))
    return 255 if all(images[at : at + rows].max(initial=0) <= 1 for at in range(0, len(images), rows)) else 1


def _grey_values(images: np.ndarray) -> np.ndarray:
    """Whole numbers 0 to 255 of another type as uint8; all else as it is."""
    if images.dtype.kind not in "iu" or images.dtype == np.uint8:
        return images
    low, high = int(images.min(initial=0)), int(images.max(initial=0))
    if low < 0 or high > 255:
        raise DataError(f"The pixel values run from {low} to {high}; whole numbers must lie in 0..255. Scale them.")
    return images.astype(np.uint8)


def _first(problem: Exception) -> str:
    return (str(problem) or type(problem).__name__).splitlines()[0][:120]
