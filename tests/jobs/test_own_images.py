"""Images that are brought to the server: only from where they may lie, whole, and forgotten afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.own_images import (
    FOLDERS_SETTING,
    ImagesRefused,
    allowed_folder,
    forget_upload,
    gather_task,
    keep_upload,
    look_task,
)
from tests.vae_core.data.gathering.own_pictures import two_classes, zip_of
from vae_core.data import load_images


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data" / "pets").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def test_a_folder_below_the_data_folder_may_be_read(root: Path) -> None:
    assert allowed_folder("pets") == root / "data" / "pets"
    assert allowed_folder(str(root / "data" / "pets")) == root / "data" / "pets"


@pytest.mark.parametrize(
    "text", ["../elsewhere", "/etc", "{root}/elsewhere", "~", "pets/../../elsewhere", "link", "a\0b"]
)
def test_no_other_folder_may_be_read(root: Path, text: str) -> None:
    (root / "data" / "link").symlink_to(root / "elsewhere")
    with pytest.raises(ImagesRefused, match=r"read only below|it must be a folder"):
        allowed_folder(text.format(root=root))


def test_a_setting_names_further_folders(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDERS_SETTING, str(root / "elsewhere"))
    assert allowed_folder(str(root / "elsewhere")) == root / "elsewhere"
    with pytest.raises(ImagesRefused, match="there is none of that name in"):
        allowed_folder(str(root / "elsewhere" / "nothing"))


def test_an_upload_is_kept_under_a_harmless_name_and_forgotten(root: Path) -> None:
    files = keep_upload([("../../etc/pass wd.zip", b"one"), ("pass wd.zip", b"two")])
    assert [file.name for file in files] == ["pass-wd.zip", "xpass-wd.zip"]
    assert all(file.is_relative_to(root / "cache" / "uploads") for file in files)
    assert [file.read_bytes() for file in files] == [b"one", b"two"]
    forget_upload(files)
    assert list((root / "cache" / "uploads").iterdir()) == []
    forget_upload([root / "data" / "pets" / "a.png"])
    assert (root / "data" / "pets").exists(), "a folder of the server is never removed"


def test_pictures_that_come_one_by_one_are_a_folder_of_pictures(root: Path) -> None:
    pictures = two_classes(20)
    files = keep_upload((path.rsplit("/", 1)[-1], content) for path, content in pictures.items())
    look = look_task([str(file) for file in files], None, lambda share, word: None)
    assert (look["count"], look["words"], look["left_out"]) == (20, "a folder of pictures", 0)
    forget_upload(files)
    assert list((root / "cache" / "uploads").iterdir()) == []
    with_another = keep_upload([("a.png", b"one"), ("b.txt", b"two")])
    assert [file.name for file in with_another] == ["a.png", "b.txt"], "the reader says what is wrong with them"


def test_the_tasks_look_and_gather_and_tell_how_far_they_are(root: Path) -> None:
    file = zip_of(root / "pets.zip", two_classes(20))
    told: list[float] = []
    look = look_task([str(file)], None, lambda share, word: told.append(share))
    assert look["count"] == 20
    name = gather_task([str(file)], "cats", (1, 8, 8), None, str(root / "data"), lambda share, word: told.append(share))
    assert (name, told[-1], len(load_images("cats"))) == ("cats", 1.0, 20)
