"""IDX files: read whole or refused with the value, the rule and the way out."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import DataError, load_images
from vae_core.data.idx import IMAGES, LABELS, read_idx, write_idx

TRAIN, TEST = 24, 12


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (TRAIN + TEST, 9, 12), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path: Path, pictures: np.ndarray) -> Path:
    """A folder with the usual four files, gzipped, of images that are not square."""
    labels = (np.arange(TRAIN + TEST) % 3).astype(np.uint8)
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", pictures[:TRAIN])
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", labels[:TRAIN])
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", pictures[TRAIN:])
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", labels[TRAIN:])
    return tmp_path


def test_gzipped_and_plain_files_hold_the_same(folder: Path, pictures: np.ndarray) -> None:
    gzipped = folder / "train-images-idx3-ubyte.gz"
    plain = folder / "plain"
    plain.write_bytes(gzip.decompress(gzipped.read_bytes()))
    assert np.array_equal(read_idx(gzipped, IMAGES), pictures[:TRAIN])
    assert np.array_equal(read_idx(plain, IMAGES), pictures[:TRAIN])


def test_own_images_keep_the_published_test_split(folder: Path, pictures: np.ndarray) -> None:
    images = load_images("my-set", folder)
    assert images.images.shape == (TRAIN + TEST, 1, 9, 12)
    assert np.array_equal(images.images[images.test][:, 0], pictures[TRAIN:])
    assert images.labels is not None and images.labels.dtype == np.int64
    assert images.label_names == ("0", "1", "2")


def test_the_parent_folder_is_enough(folder: Path) -> None:
    inner = folder / "my-set"
    inner.mkdir()
    for file in folder.glob("*.gz"):
        file.rename(inner / file.name)
    assert len(load_images("my-set", folder).images) == TRAIN + TEST


def test_training_images_alone_are_split_by_share(tmp_path: Path, pictures: np.ndarray) -> None:
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", pictures)
    images = load_images("my-set", tmp_path)
    assert images.labels is None and images.label_names == ()
    assert (len(images.train), len(images.validation), len(images.test)) == (25, 4, 7)


def test_a_file_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte.gz").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(DataError, match=r"starts with the bytes 89 50 4e 47.*starts with 00 00 08 03.*Give"):
        load_images("my-set", folder)


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises(DataError, match=r"\(none\)"):
        load_images("my-set", folder)


def test_labels_in_place_of_images_are_refused(folder: Path) -> None:
    (folder / "train-labels-idx1-ubyte.gz").replace(folder / "train-images-idx3-ubyte.gz")
    with pytest.raises(DataError, match="00 00 08 01"):
        load_images("my-set", folder)


def test_an_empty_folder_is_refused_with_the_names_it_needs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds nothing; an IDX folder holds train-images.*Put the files there"):
        load_images("mnist", tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder"):
        load_images("mnist", tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [6, 40, -1])
def test_a_truncated_gzip_file_is_refused(folder: Path, kept: int) -> None:
    file = folder / "t10k-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte.gz is a damaged gzip file.*copy it again"):
        load_images("my-set", folder)


def test_a_corrupted_gzip_file_is_refused(folder: Path) -> None:
    file = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz"):
        load_images("my-set", folder)


@pytest.mark.parametrize(("size", "found"), [(99, "holds 99"), (101, "holds more")])
def test_a_plain_file_of_another_length_than_promised_is_refused(tmp_path: Path, size: int, found: str) -> None:
    file = tmp_path / "labels"
    file.write_bytes(struct.pack(">HBBI", 0, 8, 1, 100) + bytes(size))
    with pytest.raises(DataError, match=rf"promises 100 bytes \(100\) and {found}"):
        read_idx(file, LABELS)


def test_a_header_that_promises_too_much_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "images"
    file.write_bytes(struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31) + bytes(50))
    with pytest.raises(DataError, match="holds 50"):
        read_idx(file, IMAGES)


def test_labels_that_do_not_match_the_images_are_refused(folder: Path) -> None:
    write_idx(folder / "train-labels-idx1-ubyte.gz", np.zeros(TRAIN - 1, np.uint8))
    with pytest.raises(DataError, match=f"{TRAIN - 1} labels for {TRAIN} images"):
        load_images("my-set", folder)


def test_images_of_two_sizes_are_refused(folder: Path) -> None:
    write_idx(folder / "t10k-images-idx3-ubyte.gz", np.zeros((TEST, 12, 9), np.uint8))
    with pytest.raises(DataError, match=r"\(9, 12\) and test images \(12, 9\)"):
        load_images("my-set", folder)


def test_images_that_are_too_small_are_refused(tmp_path: Path) -> None:
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", np.zeros((20, 4, 9), np.uint8))
    with pytest.raises(DataError, match="4x9 pixels; each side must be 8 to 128"):
        load_images("my-set", tmp_path)


def test_other_images_under_a_known_name_are_refused(folder: Path) -> None:
    with pytest.raises(DataError, match=r"'mnist' is \(70000, 1, 28, 28\).*another name"):
        load_images("mnist", folder)
