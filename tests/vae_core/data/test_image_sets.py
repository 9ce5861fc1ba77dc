"""The bundled digits, the splits, the fingerprint, and what the data folder is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from vae_core.data import (
    DATA_SETS,
    DATA_VARIABLE,
    DataError,
    ImageSet,
    available,
    data_root,
    load_images,
    split_by_share,
    split_published,
)
from vae_core.data.idx import write_idx


def test_digits_are_scikit_learns_at_full_range() -> None:
    digits = load_images("digits")
    source = load_digits().images
    assert digits.images.dtype == np.uint8 and digits.image_shape == (1, 8, 8)
    assert digits.images.max() == 255
    assert np.array_equal(np.rint(digits.images[:, 0] / 255 * 16), source)


def test_the_split_of_the_digits_never_changes() -> None:
    digits = load_images("digits")
    assert (len(digits.train), len(digits.validation), len(digits.test)) == (1258, 180, 359)
    assert digits.test[:5].tolist() == load_images("digits").test[:5].tolist() == [5, 9, 12, 14, 16]
    assert digits.fingerprint == "ac2213023a1dd19f8222ec82825f32c3504d17957813b2fdf14736bb5f12f150"


def test_every_class_is_cut_in_the_same_proportion() -> None:
    digits = load_images("digits")
    shares = np.bincount(digits.labels[digits.test]) / np.bincount(digits.labels)
    assert np.abs(shares - 0.2).max() < 0.01


@given(count=st.integers(30, 400), classes=st.integers(0, 3), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_split_holds_every_row_once(count: int, classes: int, seed: int) -> None:
    labels = np.arange(count) % classes if classes else None
    split = split_by_share(count, labels, seed)
    together = np.concatenate([split.train, split.validation, split.test])
    assert np.array_equal(np.sort(together), np.arange(count))
    again = split_by_share(count, labels, seed)
    assert np.array_equal(split.train, again.train) and np.array_equal(split.test, again.test)


def test_the_published_split_keeps_the_test_rows() -> None:
    split = split_published(n_train=600, n_test=100, n_validation=50, seed=0)
    assert np.array_equal(split.test, np.arange(600, 700))
    assert (len(split.train), len(split.validation)) == (550, 50)
    assert not set(split.train) & set(split.validation)
    assert np.array_equal(split.validation, split_published(600, 100, 50, seed=0).validation)
    assert not np.array_equal(split.validation, split_published(600, 100, 50, seed=1).validation)


def test_a_split_without_a_validation_image_is_refused() -> None:
    with pytest.raises(DataError, match=r"'validation': 0"):
        split_by_share(12, np.arange(12), seed=0)


def test_the_fingerprint_sees_one_pixel_and_one_label() -> None:
    digits = load_images("digits")
    pixels, labels = digits.images.copy(), digits.labels.copy()
    pixels[3, 0, 2, 2] ^= 1
    labels[5] = (labels[5] + 1) % 10
    prints = {digits.fingerprint, _with(digits, images=pixels).fingerprint, _with(digits, labels=labels).fingerprint}
    assert len(prints) == 3


def test_settings_hold_no_path_and_the_right_counts() -> None:
    told = load_images("digits").settings()
    assert (told.n_train, told.n_validation, told.n_test) == (1258, 180, 359)
    assert told.label_names == tuple("0123456789") and told.licence == "CC BY 4.0"
    assert "/" not in told.model_dump_json()


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((20, 1, 8, 8), np.float32), None, "float32"),
        (np.zeros((20, 8, 8), np.uint8), None, r"must be uint8 \(N, C, H, W\)"),
        (np.zeros((20, 2, 8, 8), np.uint8), None, "2 channels"),
        (np.zeros((20, 1, 8, 200), np.uint8), None, "8x200"),
        (np.zeros((3, 1, 8, 8), np.uint8), None, "3 images"),
        (np.zeros((20, 1, 8, 8), np.uint8), np.zeros(19, np.int64), "19 labels for 20 images"),
    ],
)
def test_images_that_no_network_takes_are_refused(images: np.ndarray, labels: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        _with(load_images("digits"), images=images, labels=labels)


def test_digits_take_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="read from no folder"):
        load_images("digits", tmp_path)


@pytest.mark.parametrize("name", ["", "Digits", "../mnist", "a" * 65, "with space"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="a name has 1 to 64 characters"):
        load_images(name)


def test_the_data_folder_is_one_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert data_root() == tmp_path
    assert available("digits") and not available("mnist") and not available("mine")
    (tmp_path / "mine").mkdir()
    write_idx(tmp_path / "mine" / "train-images-idx3-ubyte.gz", np.zeros((20, 8, 8), np.uint8))
    assert available("mine")
    assert load_images("mine").name == "mine"


def test_absent_data_says_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match=r"'mnist' is not on this machine.*--data-dir.*LATENT_EXPLORER_DATA"):
        load_images("mnist")
    with pytest.raises(
        DataError, match=r"'faces' is no known data set \(digits, mnist, fashion, shapes, shapes-colour\)"
    ):
        load_images("faces", download=True)


def test_each_known_data_set_says_what_it_is() -> None:
    for description in DATA_SETS.values():
        assert len(description.label_names) in (3, 10)
        assert description.likelihood in ("bernoulli", "gaussian")
        assert description.licence and description.source


def _with(source: ImageSet, **changes) -> ImageSet:
    fields = ("name", "images", "labels", "label_names", "split", "split_seed", "licence", "source")
    return ImageSet(**({field: getattr(source, field) for field in fields} | changes))


def test_a_relative_data_folder_means_the_same_place_for_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LATENT_EXPLORER_DATA", "mine")
    assert data_root() == (tmp_path / "mine").resolve()
