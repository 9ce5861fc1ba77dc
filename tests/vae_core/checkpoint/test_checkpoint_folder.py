"""Names of checkpoint folders, and files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vae_core.checkpoint import CheckpointError, checkpoint_folder, write_atomic
from vae_core.checkpoint import folder as folder_module


@pytest.mark.parametrize("name", ["a", "0", "digits-2d", "a.b_c-d", "x" * 64, "a.."])
def test_good_names(tmp_path: Path, name: str) -> None:
    assert checkpoint_folder(tmp_path, name) == tmp_path / name


BAD_NAMES = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "/etc",
    "Upper",
    ".hidden",
    "-x",
    "x" * 65,
    "a\n",
    "ä",
    "a b",
    "a\0",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        checkpoint_folder(tmp_path, name)
    message = str(caught.value)
    assert message.startswith(f"{name[:80]!r} is no name for a model;")
    assert "1 to 64 of a-z, 0-9" in message
    assert message.endswith("Rename it.")


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "checkpoints", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "sneaky").symlink_to(elsewhere)
    with pytest.raises(CheckpointError, match=r"'sneaky' leads out of the folder of checkpoints\. Replace the link"):
        checkpoint_folder(root, "sneaky")


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    assert checkpoint_folder(tmp_path / "root", "a") == tmp_path / "root" / "a"


def test_writes_and_replaces(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.json"
    write_atomic(file, b"one")
    write_atomic(file, b"two")
    assert file.read_bytes() == b"two"
    assert [entry.name for entry in file.parent.iterdir()] == ["config.json"]


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomic(tmp_path / "atomic", b"x")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file = tmp_path / "weights"
    write_atomic(file, b"old")

    def crash(*_: object) -> None:
        raise OSError("no space left")

    owner = folder_module.os if step == "fsync" else folder_module.Path
    monkeypatch.setattr(owner, step, crash)
    with pytest.raises(OSError, match="no space left"):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["weights"]


def test_content_reaches_the_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(folder_module.os, "fsync", lambda descriptor: (order.append("sync"), sync(descriptor)))
    monkeypatch.setattr(folder_module.Path, "replace", lambda one, two: (order.append("rename"), replace(one, two)))
    write_atomic(tmp_path / "file", b"x")
    assert order[:2] == ["sync", "rename"]
