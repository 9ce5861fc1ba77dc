"""Notes on a model: read, written whole, never over what one has not seen."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

import store
import store.note_files
from store import Names, NotesChanged, NotesError, NotesReadOnly, read_names, write_names
from store.note_files import FOLDER, SETTING, notes_setting
from vae_core.checkpoint import CheckpointError

PROJECT = Path(__file__).resolve().parents[2]
NAMES_FILE, LOCK_FILE = "names.json", ".names.lock"


def file_of(root: Path) -> Path:
    return root / "tiny-8d" / FOLDER / NAMES_FILE


def test_a_model_without_notes_has_revision_0_and_reading_makes_nothing(root: Path) -> None:
    assert read_names("tiny-8d") == Names(0, {})
    assert not (root / "tiny-8d" / FOLDER).exists()


def test_what_was_written_is_read(root: Path) -> None:
    first = write_names("tiny-8d", 0, {"3": " slant ", 0: "Dicke — 太さ"})
    assert first == Names(1, {0: "Dicke — 太さ", 3: "slant"}) == read_names("tiny-8d")
    assert json.loads(file_of(root).read_text(encoding="utf-8")) == {
        "revision": 1, "names": {"0": "Dicke — 太さ", "3": "slant"}
    }  # fmt: skip
    assert write_names("tiny-8d", 1, {}) == Names(2, {}) == read_names("tiny-8d")
    assert store.model("tiny-8d").latent_dim == 8, "the model is as it was"


def test_who_had_not_seen_the_present_names_is_told_and_changes_nothing(root: Path) -> None:
    write_names("tiny-8d", 0, {"3": "slant"})
    with pytest.raises(NotesChanged, match=r"of revision 1; 0 was to be replaced.*then save again") as refused:
        write_names("tiny-8d", 0, {"3": "width"})
    assert refused.value.present == Names(1, {3: "slant"}) == read_names("tiny-8d")


def written_by_process(root: str) -> int:
    """Adds 1 to the number in a name, five times, again and again until it is the first."""
    os.environ["LATENT_EXPLORER_CHECKPOINTS"] = root
    refusals = 0
    for _ in range(5):
        while True:
            seen = read_names("tiny-8d")
            try:
                write_names("tiny-8d", seen.revision, {"0": f"{int(seen.names.get(0, '0')) + 1}"})
                break
            except NotesChanged:
                refusals += 1
    return refusals


def test_two_processes_and_two_threads_never_overwrite_one_another(root: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as other, ThreadPoolExecutor(2) as threads:
        elsewhere = other.apply_async(written_by_process, (str(root),))
        list(threads.map(written_by_process, [str(root)] * 2))
        elsewhere.get(timeout=90)
    assert read_names("tiny-8d") == Names(15, {0: "15"}), "each of 3 × 5 additions is there"
    assert sorted(file.name for file in file_of(root).parent.iterdir()) == [LOCK_FILE, NAMES_FILE]


BAD = {
    "no object": (["slant"], "must be an object"),
    "no dimension": ({"slant": "3"}, "dimension 'slant'; the model has 0 to 7"),
    "beyond the last": ({"8": "a"}, "dimension '8'; the model has 0 to 7"),
    "negative": ({"-1": "a"}, "dimension '-1'"),
    "figures of another script": ({"٣": "a"}, "dimension '٣'"),
    "empty": ({"0": "  "}, "it must have 1 to 40 printable characters"),
    "41 characters": ({"0": "x" * 41}, "1 to 40 printable characters"),
    "a line break": ({"0": "a\nb"}, "printable characters"),
    "text turned round": ({"0": "a\u202eb"}, "printable characters"),
    "a number": ({"0": 3}, "A name is '3'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_names_are_refused_and_change_nothing(root: Path, case: str) -> None:
    names, words = BAD[case]
    with pytest.raises(NotesError) as refused:
        write_names("tiny-8d", 0, names)
    assert refused.value.reason == "bad-names" and words in str(refused.value)
    assert read_names("tiny-8d") == Names(0, {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"revision": 0, "names": {}}',
        b'{"revision": 1, "names": {"99": "a"}}',
        b"\xff",
        b"[" * 99999,
    ],
)
def test_a_damaged_file_is_named_and_never_overwritten(root: Path, content: bytes) -> None:
    file_of(root).parent.mkdir()
    file_of(root).write_bytes(content)
    for ask in (lambda: read_names("tiny-8d"), lambda: write_names("tiny-8d", 0, {"0": "a"})):
        with pytest.raises(NotesError, match=r"tiny-8d/notes/names\.json cannot be read .* or delete it") as refused:
            ask()
        assert refused.value.reason == "broken-notes"
    assert file_of(root).read_bytes() == content


def test_nothing_is_written_where_notes_are_read_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_names("tiny-8d", 0, {"3": "slant"})
    monkeypatch.setenv(SETTING, "read-only")
    with pytest.raises(NotesReadOnly, match="Notes are read-only on this server"):
        write_names("tiny-8d", 1, {})
    assert read_names("tiny-8d") == Names(1, {3: "slant"})
    monkeypatch.setenv(SETTING, "never")
    with pytest.raises(
        ValueError, match="LATENT_EXPLORER_NOTES is 'never'; it must be read-only, writable or left out"
    ):
        notes_setting()


def test_a_lock_that_stays_taken_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.note_files, "LONGEST_WAIT", 0.05)
    file_of(root).parent.mkdir()
    with FileLock(file_of(root).parent / LOCK_FILE), pytest.raises(NotesError, match=r"nothing was saved\. Try again"):
        write_names("tiny-8d", 0, {"0": "a"})


def test_a_folder_that_cannot_be_written_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vae_core.checkpoint.write_atomic", refused)
    with pytest.raises(NotesReadOnly, match=r"cannot be written \(Permission denied\); nothing was saved"):
        write_names("tiny-8d", 0, {"0": "a"})


def test_notes_stay_in_the_folder_of_their_model(root: Path, tmp_path: Path) -> None:
    for name in ("nobody", "../tiny-8d", "Tiny"):
        with pytest.raises(CheckpointError):
            write_names(name, 0, {})
    (tmp_path / "elsewhere").mkdir()
    file_of(root).parent.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(NotesError, match="leads out of the checkpoint's folder"):
        write_names("tiny-8d", 0, {"0": "a"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("model", ["mnist-16d", "my-model"])
def test_git_ignores_notes(model: str) -> None:
    for file in (NAMES_FILE, LOCK_FILE):
        path = f"checkpoints/{model}/{FOLDER}/{file}"
        assert subprocess.run(["git", "check-ignore", "-q", path], cwd=PROJECT).returncode == 0
