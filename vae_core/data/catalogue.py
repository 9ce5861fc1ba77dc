"""The data sets known by name, and the one way to load any of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_core.data.cache import cache_folder, read_cache
from vae_core.data.idx import find_idx, idx_folder, read_idx_folder
from vae_core.data.image_set import DataError, ImageSet, Split, split_by_share, split_published
from vae_core.data.openml import ENTRIES, download_idx

DATA_VARIABLE = "LATENT_EXPLORER_DATA"
OWN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
DIGITS = "digits"
DIGIT_LEVELS = 16


@dataclass(frozen=True)
class DataDescription:
    """What is known of a data set before it is loaded; shape is (C, H, W)."""

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
}  # fmt: skip


def data_root() -> Path:
    """The folder whose sub-folders are data sets: $LATENT_EXPLORER_DATA, or `data` beside `vae_core`."""
    return Path(os.environ.get(DATA_VARIABLE) or Path(__file__).parents[2] / "data").resolve()


def available(name: str) -> bool:
    """Whether the data set can be loaded without a network: bundled, or lying in the data folder."""
    folder = data_root() / name
    return name == DIGITS or cache_folder(folder, name) is not None or find_idx(folder, "train images") is not None


def load_images(
    name: str = DIGITS,
    data_dir: Path | None = None,
    download: bool = False,
    progress: Callable[[str], None] | None = None,
    split_seed: int = 0,
) -> ImageSet:
    """The named images with their fixed split: in memory, or on disk where they lie in a cache.

    `data_dir` is the folder of the IDX files or of the cache, or its parent; without it they are looked for in
    `data_root()`, and, with `download`, fetched from OpenML into it. `progress` gets short sentences while something
    is fetched. Raises DataError.
    """
    if not OWN_NAME.fullmatch(name):
        raise DataError(
            f"the data name is {name!r}; a name has 1 to 64 characters of a-z, 0-9, dot, dash and underscore and "
            f"starts with a letter or figure. Use one of {', '.join(DATA_SETS)}, or such a name of your own."
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


def _digits(data_dir: Path | None, split_seed: int) -> ImageSet:
    if data_dir is not None:
        raise DataError(
            f"--data-dir is {data_dir}, but 'digits' come with scikit-learn and are read from no folder. "
            "Leave --data-dir out, or give your own images another name with --data."
        )
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
