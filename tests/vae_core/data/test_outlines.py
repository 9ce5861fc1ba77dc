"""What data sets hold, said without reading their images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vae_core.data import DataError, cache_images, data_names, data_outline, from_arrays, load_images
from vae_core.data.idx import write_idx


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path))
    return tmp_path


def pixels(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 9, 11), dtype=np.uint8)


def test_bundled_and_drawn_sets_are_always_there(data: Path) -> None:
    assert data_names() == ["digits", "shapes", "shapes-colour"]
    found = data_outline("digits")
    images = load_images("digits")
    assert (found.count, found.shape, found.labelled, found.signature) == (len(images), (1, 8, 8), True, ())
    assert data_outline("shapes-colour").shape == (3, 64, 64)


def test_a_folder_of_idx_files_is_outlined_by_its_headers(data: Path) -> None:
    (data / "mine").mkdir()
    write_idx(data / "mine" / "train-images-idx3-ubyte", pixels(30))
    first = data_outline("mine")
    assert (first.count, first.shape, first.labelled) == (30, (1, 9, 11), False)
    write_idx(data / "mine" / "t10k-images-idx3-ubyte", pixels(5))
    write_idx(data / "mine" / "train-labels-idx1-ubyte", np.zeros(30, dtype=np.uint8))
    second = data_outline("mine")
    assert (second.count, second.labelled) == (35, True) and second.signature != first.signature
    assert data_names() == ["digits", "shapes", "shapes-colour", "mine"]


def test_a_cache_is_outlined_by_its_header(data: Path) -> None:
    images = from_arrays(pixels(20)[:, None], None, name="kept")
    cache_images(images, data / "kept")
    found = data_outline("kept")
    assert (found.count, found.shape, found.labelled) == (20, (1, 9, 11), False) and len(found.signature) == 2


@pytest.mark.parametrize("name", ["nowhere", "../digits", ""])
def test_what_is_not_here_is_said(data: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"is not on this machine\. Choose one of digits, shapes, shapes-colour"):
        data_outline(name)


@pytest.mark.parametrize("content", [b"", b"\0\0\x08\x03\0\0", b"\x1f\x8bno gzip", b"something else"])
def test_a_damaged_header_is_said(data: Path, content: bytes) -> None:
    (data / "mine").mkdir()
    (data / "mine" / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match="train-images-idx3-ubyte"):
        data_outline("mine")
