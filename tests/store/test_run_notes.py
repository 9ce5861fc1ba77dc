"""What is noted about a run: kept whole, never over what one has not seen, refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store import NotesChanged, NotesError, NotesReadOnly, RunNotes, read_run_notes, write_run_notes
from store.note_files import SETTING
from vae_core.checkpoint import CheckpointError


def test_a_run_without_notes_has_revision_0_and_reading_makes_nothing(root: Path) -> None:
    assert read_run_notes("tiny-2d") == RunNotes(0)
    assert read_run_notes("nobody") == RunNotes(0)
    assert not (root / "tiny-2d" / "notes").exists()


def test_what_was_written_is_read(root: Path) -> None:
    written = write_run_notes("tiny-2d", 0, " Wider encoder ", ["β = 4", "keep", "keep", " "], " first\nsecond ")
    assert written == RunNotes(1, "Wider encoder", ("β = 4", "keep"), "first\nsecond") == read_run_notes("tiny-2d")
    assert json.loads((root / "tiny-2d" / "notes" / "run.json").read_text(encoding="utf-8")) == {
        "revision": 1, "title": "Wider encoder", "tags": ["β = 4", "keep"], "note": "first\nsecond"
    }  # fmt: skip
    assert write_run_notes("tiny-2d", 1, "", [], "") == RunNotes(2) == read_run_notes("tiny-2d")


def test_who_had_not_seen_the_present_notes_is_told_and_changes_nothing(root: Path) -> None:
    first = write_run_notes("tiny-2d", 0, "mine", [], "")
    with pytest.raises(NotesChanged, match=r"The notes of the run are of revision 1; 0 was") as refused:
        write_run_notes("tiny-2d", 0, "theirs", [], "")
    assert refused.value.present == first == read_run_notes("tiny-2d")


@pytest.mark.parametrize(
    ("title", "tags", "note", "sentence"),
    [
        ("x" * 81, [], "", r"A title is 'x+'; it may have 80 printable characters on one line\. Shorten it"),
        ("two\nlines", [], "", "it may have 80 printable characters on one line"),
        ("", ["t" * 25], "", "A tag is .* it may have 24 printable characters"),
        ("", [f"tag {n}" for n in range(13)], "", r"There are 13 tags; a run may have 12\. Take some away"),
        ("", "one", "", "The tags are 'one'; they must be a list of words"),
        ("", [], "n" * 2001, r"The note has 2001 characters; it may have 2,000\. Shorten it"),
    ],
)
def test_what_is_too_long_is_refused_with_its_rule(
    root: Path, title: str, tags: object, note: str, sentence: str
) -> None:
    with pytest.raises(NotesError, match=sentence):
        write_run_notes("tiny-2d", 0, title, tags, note)
    assert read_run_notes("tiny-2d") == RunNotes(0)


def test_a_damaged_file_is_named_and_stays(root: Path) -> None:
    folder = root / "tiny-2d" / "notes"
    folder.mkdir()
    (folder / "run.json").write_text('{"revision": 1, "title": 7}')
    with pytest.raises(NotesError, match=r"tiny-2d/notes/run\.json cannot be read .* delete it to start anew"):
        read_run_notes("tiny-2d")
    with pytest.raises(NotesError):
        write_run_notes("tiny-2d", 0, "mine", [], "")
    assert "7" in (folder / "run.json").read_text()


def test_a_read_only_server_and_a_bad_name_refuse(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckpointError, match="is no name for a model"):
        read_run_notes("../tiny-2d")
    monkeypatch.setenv(SETTING, "read-only")
    with pytest.raises(NotesReadOnly, match="nothing was saved"):
        write_run_notes("tiny-2d", 0, "mine", [], "")
