"""Images out of arrays: every layout that is taken gives the same set, and what is wrong is said."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.data import DataError, from_arrays

GREY = np.random.default_rng(0).integers(0, 256, (20, 8, 10), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (20, 3, 8, 10), dtype=np.uint8)
LABELS = np.arange(20) % 2


@pytest.mark.parametrize(
    "given",
    [GREY, GREY[:, None], GREY[..., None], GREY / 255, (GREY / 255).astype(np.float32)],
    ids=["(N,H,W)", "(N,1,H,W)", "(N,H,W,1)", "float64", "float32"],
)
def test_every_layout_of_grey_images_gives_the_same_set(given: np.ndarray) -> None:
    images = from_arrays(given, LABELS)
    assert np.array_equal(images.images, GREY[:, None]) and images.images.dtype == np.uint8
    assert images.fingerprint == from_arrays(GREY, LABELS).fingerprint


def test_colour_last_and_colour_first_are_the_same() -> None:
    last = from_arrays(COLOUR.transpose(0, 2, 3, 1), name="leaves")
    assert np.array_equal(last.images, COLOUR) and last.image_shape == (3, 8, 10) and last.name == "leaves"


def test_labels_get_names_and_every_image_one_part() -> None:
    images = from_arrays(GREY, LABELS.astype(np.uint8))
    assert images.label_names == ("0", "1") and images.labels.dtype == np.int64
    assert from_arrays(GREY, LABELS, label_names=("cat", "dog")).label_names == ("cat", "dog")
    assert sorted(np.concatenate([images.train, images.validation, images.test])) == list(range(20))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.where(GREY > 250, np.nan, GREY / 255), None, r"pixel values are NaN or infinite, the first at \(\d+"),
        (np.where(GREY > 250, np.inf, GREY / 255), None, "are NaN or infinite"),
        (GREY.astype(np.float32), None, r"run from 0 to 255; floats must lie in \[0, 1\]"),
        (GREY / 255 - 0.5, None, "run from -0.5 to 0.5"),
        (GREY.astype(np.int32), None, "images are int32; they must be uint8"),
        (GREY[0], None, r"shape \(8, 10\); it must be \(N, H, W\)"),
        (np.zeros((20, 2, 8, 9), np.uint8), None, r"shape \(20, 2, 8, 9\).* 1 or 3 channels"),
        (GREY[:1], None, "there are 1 images; a split needs at least 10"),
        (GREY[:0], None, "there are 0 images"),
        (GREY[:, :4], None, "4x10 pixels; each side must be 8 to 128"),
        (GREY, LABELS[:19], r"labels have shape \(19,\) and there are 20 images"),
        (GREY, LABELS - 1, "labels are int64 from -1 on; they must be whole numbers from 0 on"),
        (GREY, LABELS / 1, "labels are float64; they must be whole numbers"),
    ],
)
def test_what_is_wrong_is_said(images: np.ndarray, labels: np.ndarray | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_arrays(images, labels)


def test_names_must_fit() -> None:
    with pytest.raises(DataError, match="the data name is 'My Leaves'; a name has 1 to 64 characters"):
        from_arrays(GREY, name="My Leaves")
    with pytest.raises(DataError, match="1 label names for labels up to 1; name every class"):
        from_arrays(GREY, LABELS, label_names=("cat",))
