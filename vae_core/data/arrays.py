"""Images in from arrays: the way in for a notebook."""

from __future__ import annotations

import re

import numpy as np

from vae_core.data.image_set import CHANNELS, DataError, ImageSet, check_images, split_by_share
from vae_core.settings import NAME_RULE


def from_arrays(
    images: np.ndarray,
    labels: np.ndarray | None = None,
    name: str = "mine",
    *,
    label_names: tuple[str, ...] = (),
    split_seed: int = 0,
    licence: str = "not stated",
    source: str = "arrays of the person who trained the model",
) -> ImageSet:
    """An image set of arrays, with a seeded split: 70 % to train on, 10 % validation, 20 % test.

    images: uint8 in 0..255 or float in [0, 1]; (N, H, W), (N, H, W, C) or (N, C, H, W) with C of 1 or 3.
    labels: whole numbers (N,) from 0 on. label_names: one for each of them (default: the numbers).
    Raises DataError for NaN or infinite pixels, floats outside [0, 1], another type or shape, a side outside 8 to
    128, fewer than 10 images, labels that are not one whole number per image, and a name that no model could record.
    """
    if not re.fullmatch(NAME_RULE, name):
        raise DataError(
            f"the data name is {name!r}; a name has 1 to 64 characters of a-z, 0-9, dot, dash and underscore and "
            "starts with a letter or figure. Choose such a name."
        )
    pixels = _channels_first(as_bytes(np.asarray(images)))
    whole = None if labels is None else _whole_labels(np.asarray(labels), len(pixels))
    check_images(pixels, whole)
    names = _names(label_names, whole)
    split = split_by_share(len(pixels), whole, split_seed)
    return ImageSet(name, pixels, whole, names, split, split_seed, licence, source)


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Pixels uint8 in 0..255 of uint8, as they are, or of float in [0, 1], rounded; any shape.

    Raises DataError for NaN or infinite pixels, floats outside [0, 1], and any other type.
    """
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f":
        raise DataError(
            f"the images are {images.dtype}; they must be uint8 in 0..255 or float in [0, 1]. "
            "Convert them, for example with images.astype('uint8')."
        )
    bad = int((~np.isfinite(images)).sum())
    if bad:
        place = tuple(int(axis) for axis in np.argwhere(~np.isfinite(images))[0])
        raise DataError(
            f"{bad:,} pixel values are NaN or infinite, the first at {place}; all must be finite numbers. "
            "Mend or leave out these images."
        )
    low, high = (float(images.min()), float(images.max())) if images.size else (0.0, 0.0)
    if low < 0 or high > 1:
        raise DataError(
            f"the pixel values run from {low:g} to {high:g}; floats must lie in [0, 1]. "
            "Scale them, or give uint8 pixels in 0..255."
        )
    return np.rint(images * 255).astype(np.uint8)


def _channels_first(images: np.ndarray) -> np.ndarray:
    if images.ndim == 3:
        return images[:, None]
    if images.ndim == 4 and images.shape[1] in CHANNELS:
        return images
    if images.ndim == 4 and images.shape[3] in CHANNELS:
        return np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    raise DataError(
        f"the images have shape {images.shape}; it must be (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 "
        "channels. Reshape them."
    )


def _whole_labels(labels: np.ndarray, count: int) -> np.ndarray:
    if labels.shape != (count,):
        raise DataError(
            f"the labels have shape {labels.shape} and there are {count} images; give one label per image, ({count},)."
        )
    if labels.dtype.kind not in "iu" or (count and labels.min() < 0):
        lowest = f" from {labels.min()} on" if labels.dtype.kind == "i" else ""
        raise DataError(
            f"the labels are {labels.dtype}{lowest}; they must be whole numbers from 0 on. "
            "Number the classes (np.unique(labels, return_inverse=True) does) and give their names as label_names."
        )
    return labels.astype(np.int64)


def _names(given: tuple[str, ...], labels: np.ndarray | None) -> tuple[str, ...]:
    count = 0 if labels is None else int(labels.max(initial=-1)) + 1
    if not given:
        return tuple(str(number) for number in range(count))
    if len(given) < count:
        raise DataError(f"there are {len(given)} label names for labels up to {count - 1}; name every class.")
    return tuple(given)
