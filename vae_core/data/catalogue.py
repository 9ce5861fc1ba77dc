"""The data sets known by name, and the one way to load any of them."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vae_core.data.cache import cache_folder, read_cache
from vae_core.data.errors import DataError
from vae_core.data.idx import find_idx, idx_folder, read_idx_folder
from vae_core.data.image_set import ImageSet, Split, split_by_share, split_published
from vae_core.data.openml import ENTRIES, download_idx
from vae_core.data.shapes import SHAPES, DrawnShapes, draw_shapes
from vae_core.settings import DataSettings

DATA_VARIABLE = "LATENT_EXPLORER_DATA"
OWN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
DIGITS = "digits"
DIGIT_LEVELS = 16
FEWEST_DRAWN = 20
MOST_DRAWN_BYTES = 2**30  # a count may come from a stranger's checkpoint
DRAWN_SHARES = {"validation": 0.05, "test": 0.1}
COLOUR_OF_DRAWN = {"shapes": False, "shapes-colour": True}
DRAWN_SOURCE = "drawn by this project after the factors of dSprites (Matthey, Higgins, Hassabis and Lerchner 2017)"


@dataclass(frozen=True)
class DataDescription:
    """What is known of a data set before it is loaded; shape is (C, H, W). A drawn set has `count` unless told."""

    label: str
    shape: tuple[int, int, int]
    count: int
    n_validation: int | None
    label_names: tuple[str, ...]
    likelihood: str
    licence: str
    source: str


NUMERALS = tuple("0123456789")
DATA_SETS: dict[str, DataDescription] = {
    DIGITS: DataDescription(
        label="Handwritten digits, 8x8",
        shape=(1, 8, 8),
        count=1797,
        n_validation=None,
        label_names=NUMERALS,
        likelihood="gaussian",
        licence="CC BY 4.0",
        source="Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), bundled with scikit-learn",
    ),
    "mnist": DataDescription(
        label="MNIST digits, 28x28",
        shape=(1, 28, 28),
        count=70_000,
        n_validation=5_000,
        label_names=NUMERALS,
        likelihood="bernoulli",
        licence="CC BY-SA 3.0",
        source="LeCun, Cortes and Burges 1998, the MNIST database of handwritten digits",
    ),
    "fashion": DataDescription(
        label="Fashion-MNIST, 28x28",
        shape=(1, 28, 28),
        count=70_000,
        n_validation=5_000,
        label_names=(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ),
        likelihood="gaussian",
        licence="MIT",
        source="Xiao, Rasul and Vollgraf 2017, Fashion-MNIST",
    ),
    "shapes": DataDescription(
        label="Shapes with known factors, 64x64",
        shape=(1, 64, 64),
        count=50_000,
        n_validation=None,
        label_names=SHAPES,
        likelihood="bernoulli",
        licence="MIT",
        source=DRAWN_SOURCE,
    ),
    "shapes-colour": DataDescription(
        label="Coloured shapes with known factors, 64x64",
        shape=(3, 64, 64),
        count=20_000,
        n_validation=None,
        label_names=SHAPES,
        likelihood="bernoulli",
        licence="MIT",
        source=DRAWN_SOURCE,
    ),
}  # fmt: skip


def data_root() -> Path:
    """The folder whose sub-folders are data sets: $LATENT_EXPLORER_DATA, or `data` beside `vae_core`."""
    return Path(os.environ.get(DATA_VARIABLE) or Path(__file__).parents[2] / "data").resolve()


def available(name: str) -> bool:
    """Whether the data set can be loaded without a network: bundled, drawn, or lying in the data folder."""
    folder = data_root() / name
    if name == DIGITS or name in COLOUR_OF_DRAWN:
        return True
    return cache_folder(folder, name) is not None or find_idx(folder, "train images") is not None


def load_images(
    name: str = DIGITS,
    data_dir: Path | None = None,
    download: bool = False,
    progress: Callable[[str], None] | None = None,
    split_seed: int = 0,
    count: int | None = None,
) -> ImageSet:
    """The named images with their fixed split: in memory, or on disk where they lie in a cache.

    `shapes` and `shapes-colour` are drawn: `count` images of them, from `split_seed`. Of the others `data_dir` is the
    folder of the IDX files or of the cache, or its parent; without it they are looked for in `data_root()`, and, with
    `download`, fetched from OpenML into it. `progress` gets short sentences while something is fetched. Raises
    DataError.
    """
    if not OWN_NAME.fullmatch(name):
        raise DataError(
            f"the data name is {name!r}; a name has 1 to 64 characters of a-z, 0-9, dot, dash and underscore and "
            f"starts with a letter or figure. Use one of {', '.join(DATA_SETS)}, or such a name of your own."
        )
    if name in COLOUR_OF_DRAWN:
        return _drawn(name, data_dir, split_seed, count)
    if count is not None:
        raise DataError(
            f"the count is {count}, but {name!r} has the images it has; only {' and '.join(COLOUR_OF_DRAWN)} are drawn "
            "in any number. Leave --data-count out."
        )
    if name == DIGITS:
        return _digits(data_dir, split_seed)
    cached = cache_folder(data_root() / name if data_dir is None else Path(data_dir), name)
    if cached:
        return read_cache(cached, name, split_seed)
    if data_dir is not None:
        return _from_idx(name, idx_folder(Path(data_dir), name), split_seed)
    folder = data_root() / name
    if not available(name):
        if name not in ENTRIES or not download:
            raise _absent(name)
        download_idx(name, folder, progress)
    return _from_idx(name, folder, split_seed)


def load_recorded(
    data: DataSettings,
    data_dir: Path | None = None,
    download: bool = False,
    progress: Callable[[str], None] | None = None,
) -> ImageSet:
    """The images that a checkpoint's settings name: drawn ones in the number and from the seed of then.

    Raises DataError.
    """
    count = data.n_train + data.n_validation + data.n_test if data.name in COLOUR_OF_DRAWN else None
    return load_images(data.name, data_dir, download, progress, data.split_seed, count)


def drawn_test_images(data: DataSettings) -> np.ndarray | None:
    """The test images, uint8 (n, C, H, W), of a drawn set that a checkpoint's settings name, without drawing the rest.

    None for data that are not drawn. Raises DataError for a count that is not drawn into memory.
    """
    if data.name not in COLOUR_OF_DRAWN:
        return None
    count = _checked_count(data.name, data.n_train + data.n_validation + data.n_test)
    split = _drawn_split(count, data.split_seed)
    return DrawnShapes(count, data.split_seed, COLOUR_OF_DRAWN[data.name]).pixels(split.test)


def drawn_test_rows(data: DataSettings) -> np.ndarray:
    """The rows int64 (n,) of those images in the whole set."""
    return _drawn_split(data.n_train + data.n_validation + data.n_test, data.split_seed).test


def _drawn_split(count: int, seed: int) -> Split:
    return split_by_share(count, None, seed, **DRAWN_SHARES)


def _absent(name: str) -> DataError:
    if name in ENTRIES:
        return DataError(
            f"{name!r} is not on this machine; its IDX files are looked for in {data_root() / name}. "
            f"Put them there, name their folder with --data-dir, set {DATA_VARIABLE}, or allow a download."
        )
    return DataError(
        f"{name!r} is no known data set ({', '.join(DATA_SETS)}) and has no folder {data_root() / name}. "
        "For your own IDX files name their folder with --data-dir."
    )


def _refuse_folder(name: str, data_dir: Path | None, where_from: str) -> None:
    if data_dir is not None:
        raise DataError(
            f"--data-dir is {data_dir}, but {name!r} {where_from} and are read from no folder. "
            "Leave --data-dir out, or give your own images another name with --data."
        )


def _drawn(name: str, data_dir: Path | None, seed: int, count: int | None) -> ImageSet:
    _refuse_folder(name, data_dir, "are drawn by this project")
    count = _checked_count(name, DATA_SETS[name].count if count is None else count)
    source = DrawnShapes(count, seed, COLOUR_OF_DRAWN[name])
    factors = source.factor_indices(np.arange(count))
    labels = factors[:, source.factors.names.index("shape")].copy()
    split = _drawn_split(count, seed)
    return replace(
        _described(name, draw_shapes(factors), labels, split, seed),
        factors=factors,
        factor_names=source.factors.names,
        factor_sizes=source.factors.sizes,
    )


def drawn_counts(name: str) -> tuple[int, int] | None:
    """The fewest and the most images of a drawn set that are drawn into memory; None for a set that is not drawn."""
    return (FEWEST_DRAWN, MOST_DRAWN_BYTES // math.prod(DATA_SETS[name].shape)) if name in COLOUR_OF_DRAWN else None


def _checked_count(name: str, count: int) -> int:
    """The same count, where so many images may be drawn into memory; raises DataError otherwise."""
    fewest, most = drawn_counts(name)
    if fewest <= count <= most:
        return count
    raise DataError(
        f"the count is {count:,}; of {name} {fewest} to {most:,} images are drawn into memory. "
        "Choose such a number; vae_core.data.DrawnShapes draws any number without keeping it."
    )


def _digits(data_dir: Path | None, split_seed: int) -> ImageSet:
    _refuse_folder(DIGITS, data_dir, "come with scikit-learn")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * (255 / DIGIT_LEVELS)).astype(np.uint8)[:, None]
    labels = bunch.target.astype(np.int64)
    split = split_by_share(len(images), labels, split_seed)
    return _described(DIGITS, images, labels, split, split_seed)


def _from_idx(name: str, folder: Path, split_seed: int) -> ImageSet:
    content = read_idx_folder(folder)
    description = DATA_SETS.get(name)
    expected = description and (description.count, *description.shape)
    if expected and content.images.shape != expected:
        raise DataError(
            f"{folder} holds images of shape {content.images.shape}; {name!r} is {expected} (N, C, H, W). "
            "Give your own images another name with --data."
        )
    if content.n_test:
        n_validation = (description and description.n_validation) or max(1, round(content.n_train / 12))
        split = split_published(content.n_train, content.n_test, n_validation, split_seed)
    else:
        split = split_by_share(len(content.images), content.labels, split_seed)
    return _described(name, content.images, content.labels, split, split_seed)


def _described(name: str, images: np.ndarray, labels: np.ndarray | None, split: Split, split_seed: int) -> ImageSet:
    description = DATA_SETS.get(name)
    own_labels = () if labels is None else tuple(str(value) for value in range(labels.max(initial=-1) + 1))
    return ImageSet(
        name=name,
        images=images,
        labels=labels,
        label_names=description.label_names if description else own_labels,
        split=split,
        split_seed=split_seed,
        licence=description.licence if description else "not stated",
        source=description.source if description else "IDX files of the person who trained the model",
    )
