"""Images in memory, with a split that never changes and a fingerprint that names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vae_core.data.blocks import Blocks
from vae_core.data.errors import DataError
from vae_core.data.factors import check_factors
from vae_core.settings import DataSettings

SIDES = (8, 128)
CHANNELS = (1, 3)
FEWEST_IMAGES = 10
VERY_MANY = 1_000_000  # rows; a list of them all is 8 MB


@dataclass(frozen=True)
class Split:
    """Rows of each part, ascending and disjoint: int64 index arrays; those of train may be a RowsBut."""

    train: np.ndarray | RowsBut
    validation: np.ndarray
    test: np.ndarray


class RowsBut:
    """All rows 0 to ``count`` - 1 but ``held_out``, int64, as an array when one is asked for: np.asarray(rows),
    or rows[places] for some of them.

    A file of many small images has more rows than one wants to hold in memory.
    """

    def __init__(self, count: int, held_out: np.ndarray) -> None:
        self._count, self._held_out = count, held_out

    def __len__(self) -> int:
        return self._count - len(self._held_out)

    def __getitem__(self, places: slice | np.ndarray) -> np.ndarray:
        if isinstance(places, slice):
            places = np.arange(*places.indices(len(self)))
        places = np.where(places < 0, places + len(self), places)
        # Of the rows before a held-out one, as many are left as its own place counted without those held out before.
        left_before = self._held_out - np.arange(len(self._held_out))
        return places + np.searchsorted(left_before, places, side="right")

    def __array__(self, dtype: type | None = None, copy: bool | None = None) -> np.ndarray:
        rows = np.setdiff1d(np.arange(self._count), self._held_out, assume_unique=True)
        return rows if dtype is None else rows.astype(dtype)


def some_rows(rows: np.ndarray | RowsBut, most: int, seed: int) -> np.ndarray:
    """At most so many of these rows drawn from the seed, ascending, int64; of very many without a list of all."""
    generator = np.random.default_rng(seed)
    if len(rows) > VERY_MANY:
        return np.sort(rows[generator.choice(len(rows), min(most, len(rows)), replace=False)])
    return np.sort(generator.permutation(np.asarray(rows))[:most])


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A whole data set as one array: images uint8 (N, C, H, W) in 0..255, labels int64 (N,) or None.

    Where the factors behind the images are known, factors int64 (N, F) holds the place of each image on their grid,
    0 to size - 1 in each column. Raises DataError when rows, types or values do not fit together.

    Where the pixels lie on disk, ``images`` is mapped: ask for rows of it, never for all. ``blocks`` then says in which
    order it is read fast, and ``recorded_fingerprint`` is what was computed when the file was written.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None
    label_names: tuple[str, ...]
    split: Split
    split_seed: int
    licence: str
    source: str
    blocks: Blocks | None = None
    recorded_fingerprint: str | None = None
    factors: np.ndarray | None = None
    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_images(self.images, self.labels)
        if self.factors is not None:
            check_factors(self.factors, self.factor_names, self.factor_sizes, len(self.images))
        elif self.factor_names or self.factor_sizes:
            raise DataError(
                f"there are factor names ({', '.join(self.factor_names)}) but no factors; give the factors int64 "
                "(N, F), or leave names and sizes out."
            )

    @property
    def train(self) -> np.ndarray | RowsBut:
        return self.split.train

    @property
    def validation(self) -> np.ndarray:
        return self.split.validation

    @property
    def test(self) -> np.ndarray:
        return self.split.test

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, H, W)."""
        return len(self.images), *self.image_shape

    def pixels(self, rows: np.ndarray) -> np.ndarray:
        """The images of these rows int64 (n,), a copy: uint8 (n, C, H, W)."""
        return np.take(self.images, rows, axis=0)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of every image."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of pixels, labels and, where they are known, factors, in their order."""
        if self.recorded_fingerprint:
            return self.recorded_fingerprint
        digest = hashlib.sha256(str(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        if self.labels is not None:
            digest.update(np.ascontiguousarray(self.labels).data)
        if self.factors is not None:
            digest.update(np.ascontiguousarray(self.factors).data)
        return digest.hexdigest()

    def settings(self) -> DataSettings:
        """What a checkpoint keeps of the data: name, sizes, split and fingerprint, never pixels or paths."""
        return DataSettings(
            name=self.name,
            n_train=len(self.train),
            n_validation=len(self.validation),
            n_test=len(self.test),
            split_seed=self.split_seed,
            fingerprint=self.fingerprint,
            label_names=self.label_names,
            licence=self.licence,
            source=self.source,
        )


def check_images(images: np.ndarray, labels: np.ndarray | None) -> None:
    """Raise DataError unless images are uint8 (N, C, H, W) of a size the networks take, one label each."""
    if images.dtype != np.uint8 or images.ndim != 4:
        raise DataError(
            f"images are {images.dtype} with shape {images.shape}; they must be uint8 (N, C, H, W). "
            "Scale the pixels to 0..255 and convert them."
        )
    count, channels, height, width = images.shape
    if channels not in CHANNELS:
        raise DataError(f"images have {channels} channels; grey has 1 and colour 3. Convert them first.")
    low, high = SIDES
    if not (low <= height <= high and low <= width <= high):
        raise DataError(
            f"images are {height}x{width} pixels; each side must be {low} to {high}. Resize or pad them first."
        )
    if count < FEWEST_IMAGES:
        raise DataError(f"there are {count} images; a split needs at least {FEWEST_IMAGES}. Add more images.")
    if labels is not None and labels.shape != (count,):
        raise DataError(f"there are {len(labels)} labels for {count} images; give one label per image.")


def split_by_share(
    count: int, labels: np.ndarray | None, seed: int, validation: float = 0.1, test: float = 0.2
) -> Split:
    """A seeded split of rows 0..count-1 with the given shares, each class cut in the same proportion."""
    generator = np.random.default_rng(seed)
    rows = np.arange(count)
    groups = [rows] if labels is None else [rows[labels == value] for value in np.unique(labels)]
    parts: tuple[list[np.ndarray], ...] = ([], [], [])
    for group in groups:
        shuffled = generator.permutation(group)
        cuts = [round(len(group) * test), round(len(group) * (test + validation))]
        for part, chosen in zip(parts, np.split(shuffled, cuts), strict=True):
            part.append(chosen)
    test_rows, validation_rows, train_rows = (np.sort(np.concatenate(part)) for part in parts)
    return _checked(Split(train=train_rows, validation=validation_rows, test=test_rows))


def split_published(n_train: int, n_test: int, n_validation: int, seed: int) -> Split:
    """The published test rows (the last n_test) as test; n_validation seeded rows of the others as validation."""
    shuffled = np.random.default_rng(seed).permutation(n_train)
    return _checked(
        Split(
            train=np.sort(shuffled[n_validation:]),
            validation=np.sort(shuffled[:n_validation]),
            test=np.arange(n_train, n_train + n_test),
        )
    )


def _checked(split: Split) -> Split:
    sizes = {name: len(getattr(split, name)) for name in ("train", "validation", "test")}
    if min(sizes.values()) == 0:
        raise DataError(f"the split is {sizes}; every part needs an image. Add more images, or leave the labels out.")
    return split
