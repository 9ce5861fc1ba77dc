"""The cache on disk: whole files only, damaged ones aside, the longest unused gone first."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from store import cache_files
from store.cache_files import (
    CacheError,
    cache_folder,
    is_kept,
    read_kept,
    trim,
    was_damaged,
    write_kept,
)

NAME = "0123456789abcdef"
OTHER = "f" * 16


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_kept_comes_back(folder: Path) -> None:
    assert cache_folder() == folder
    assert read_kept("maps", NAME) is None
    assert not is_kept("maps", NAME)
    write_kept("maps", NAME, {"points": np.arange(6).reshape(3, 2)})
    assert is_kept("maps", NAME)
    assert not is_kept("latents", NAME)
    np.testing.assert_array_equal(read_kept("maps", NAME)["points"], [[0, 1], [2, 3], [4, 5]])


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text"])
def test_a_damaged_file_is_said_moved_aside_and_can_be_written_again(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_kept("maps", NAME, {"points": np.random.default_rng(0).standard_normal((500, 2))})
    file = folder / "maps" / f"{NAME}.npz"
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(
        {
            "cut": content[:middle],
            "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
            "empty": b"",
            "text": b"not an archive at all",
        }[damage]
    )
    damaged = file.read_bytes()
    assert read_kept("maps", NAME) is None
    assert "cannot be read" in caplog.text
    assert "moved aside" in caplog.text
    assert not file.exists()
    assert was_damaged("maps", NAME)
    assert file.with_name(file.name + ".damaged").read_bytes() == damaged, "what was there is lost"
    write_kept("maps", NAME, {"points": np.zeros((1, 2))})
    assert read_kept("maps", NAME)["points"].shape == (1, 2)
    assert not was_damaged("maps", NAME)


def test_pickled_objects_are_never_opened(folder: Path) -> None:
    (folder / "maps").mkdir(parents=True)
    np.savez(folder / "maps" / f"{NAME}.npz", format=np.array(1), points=np.array([{"a": 1}], dtype=object))
    assert read_kept("maps", NAME) is None
    assert was_damaged("maps", NAME)


def test_a_file_of_another_format_counts_as_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    write_kept("maps", NAME, {"points": np.zeros((1, 2))})
    monkeypatch.setattr(cache_files, "FORMAT", 2)
    assert read_kept("maps", NAME) is None
    assert not was_damaged("maps", NAME)


def test_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    for age, name in ((300, NAME), (200, OTHER), (100, "a" * 16)):
        write_kept("maps", name, {"points": np.zeros(1000)})
        os.utime(folder / "maps" / f"{name}.npz", (time.time() - age,) * 2)
    read_kept("maps", NAME)  # used now
    trim(most_bytes=20_000)
    assert [is_kept("maps", name) for name in (NAME, OTHER, "a" * 16)] == [True, False, True]


def test_folders_of_uploads_are_left_alone(folder: Path) -> None:
    upload = folder / "uploads" / "0123abcd"
    upload.mkdir(parents=True)
    os.utime(upload, (1, 1))
    write_kept("maps", NAME, {"points": np.zeros(1000)})
    trim(most_bytes=10)
    assert upload.is_dir() and not is_kept("maps", NAME)


def test_the_newest_stays_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    write_kept("latents", OTHER, {"mean": np.zeros(1000)})
    trim(keep=cache_folder() / "maps" / "none", most_bytes=0)
    assert not is_kept("latents", OTHER)
    write_kept("maps", NAME, {"points": np.zeros(1000)})
    trim(keep=cache_folder() / "maps" / f"{NAME}.npz", most_bytes=10)
    assert is_kept("maps", NAME)


def test_drafts_of_killed_writers_are_cleared_and_those_at_work_are_not(folder: Path) -> None:
    (folder / "maps").mkdir(parents=True)
    old, new = folder / "maps" / f".{NAME}.npz.0123abcd", folder / "maps" / f".{OTHER}.npz.0123abcd"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    trim()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    folder.write_text("a file stands here")
    with pytest.raises(CacheError, match=r"cache folder maps cannot be written .*LATENT_EXPLORER_CACHE"):
        write_kept("maps", NAME, {"points": np.zeros(1)})


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0123456789ABCDEF", "0" * 17, "0" * 16 + "\n"])
def test_only_ids_name_files(name: str) -> None:
    with pytest.raises(ValueError, match="it must have 16 of the digits"):
        read_kept("maps", name)
