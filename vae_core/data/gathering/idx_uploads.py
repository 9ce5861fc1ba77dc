"""IDX files under any name: told apart by their first bytes, and by whether "test" or "t10k" stands in their name."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from vae_core.data.errors import DataError
from vae_core.data.gathering.array_files import ArrayImages
from vae_core.data.gathering.own_images import Labels, labels_of
from vae_core.data.idx import IMAGES, LABELS, idx_shape, read_idx

TEST = re.compile(r"t10k|test", re.IGNORECASE)


def read_idx_files(files: list[Path]) -> ArrayImages:
    """Images, and labels where all have them, of one to four IDX files, gzipped or not. Raises DataError."""
    train, train_labels = _part([file for file in files if not TEST.search(file.name)])
    test, test_labels = _part([file for file in files if TEST.search(file.name)])
    if train is None:
        train, train_labels, test, test_labels = test, test_labels, None, None
    if train is None:
        raise DataError(f"{_names(files)}: there is no IDX file of images among them. Add it.")
    images, labels = train, train_labels
    if test is not None:
        if test.shape[1:] != train.shape[1:]:
            raise DataError(f"{_names(files)}: images of {train.shape[1:]} and of {test.shape[1:]}; give one size.")
        images = np.concatenate([train, test])
        both = train_labels is not None and test_labels is not None
        labels = np.concatenate([train_labels, test_labels]) if both else None
    found = Labels(note="There are no labels.") if labels is None else labels_of(labels)
    note = found.note or f"{len(found.names):,} labels came with them."
    return ArrayImages(
        images, Labels(found.values, found.names, note), "IDX files", n_test=0 if test is None else len(test)
    )


def is_idx(file: Path) -> bool:
    """Whether a file begins as an IDX file of images or labels, gzipped or not."""
    return _dimensions(file) is not None


def _dimensions(file: Path) -> int | None:
    for dimensions in (IMAGES, LABELS):
        try:
            idx_shape(file, dimensions)
        except DataError:
            continue
        return dimensions
    return None


def _part(files: list[Path]) -> tuple[np.ndarray | None, np.ndarray | None]:
    kinds = [_dimensions(file) for file in files]
    images = [file for file, kind in zip(files, kinds, strict=True) if kind == IMAGES]
    labels = [file for file, kind in zip(files, kinds, strict=True) if kind == LABELS]
    if len(images) > 1 or len(labels) > 1:
        raise DataError(
            f"{_names(files)}: two files of one kind; of images and of labels one each is taken, and one each whose "
            "name has “test” in it. Leave the others out."
        )
    pixels = read_idx(images[0], IMAGES) if images else None
    found = read_idx(labels[0], LABELS) if labels else None
    if pixels is not None and found is not None and len(found) != len(pixels):
        raise DataError(
            f"{labels[0].name} holds {len(found)} labels for {len(pixels)} images; they must be as many. Check that "
            "the files belong together."
        )
    return pixels, found


def _names(files: list[Path]) -> str:
    return ", ".join(file.name for file in files)
