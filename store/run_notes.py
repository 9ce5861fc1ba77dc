"""What people note about a training run: a title, tags and a text, in `notes/run.json` of its checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from store.note_files import NoteFile, NotesError, notes_folder

LONGEST_TITLE, LONGEST_TAG, LONGEST_NOTE = 80, 24, 2_000  # characters
MOST_TAGS = 12
LARGEST_FILE = 32 * 1024  # bytes
BAD_RUN = "bad-run"


@dataclass(frozen=True)
class RunNotes:
    """Title, tags and text of a run, and how often they were written: revision 0 when never.

    An empty title means that the run goes by its folder's name.
    """

    revision: int
    title: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


def read_run_notes(name: str) -> RunNotes:
    """What is noted about the run of that name, whether or not there is such a folder.

    Raises NotesError when the file is damaged, and vae_core.checkpoint.CheckpointError for a name that is none.
    """
    return _file(name).present()


def write_run_notes(name: str, revision: int, title: str, tags: Iterable[str], note: str) -> RunNotes:
    """What is noted from now on, with a new revision: all of it is replaced.

    revision: of what the person saw. Space around title and tags is taken off, a tag that comes twice counts once.
    Raises NotesChanged when others wrote meanwhile, NotesReadOnly when nothing may be written, NotesError for what is
    too long, a damaged file or a lock that stays taken, and CheckpointError for a name that is none.
    """
    content = {"title": _line(title, "title", LONGEST_TITLE), "tags": list(_tags(tags)), "note": _text(note)}
    return _file(name).replace(revision, lambda _: content)


def _file(name: str) -> NoteFile[RunNotes]:
    return NoteFile(notes_folder(name), "run", _read, RunNotes(0), LARGEST_FILE, "notes of the run")


def _read(content: Mapping[str, Any]) -> RunNotes:
    title = _line(content.get("title", ""), "title", LONGEST_TITLE)
    return RunNotes(content["revision"], title, _tags(content.get("tags", ())), _text(content.get("note", "")))


def _line(text: object, what: str, longest: int) -> str:
    trimmed = text.strip() if isinstance(text, str) else None
    if trimmed is None or len(trimmed) > longest or not (trimmed.isprintable() or not trimmed):
        raise NotesError(
            BAD_RUN,
            f"A {what} is {str(text)[:60]!r}; it may have {longest} printable characters on one line. Shorten it.",
        )
    return trimmed


def _tags(tags: object) -> tuple[str, ...]:
    if isinstance(tags, str) or not isinstance(tags, Iterable):
        raise NotesError(BAD_RUN, f"The tags are {str(tags)[:60]!r}; they must be a list of words.")
    unique = tuple(filter(None, dict.fromkeys(_line(tag, "tag", LONGEST_TAG) for tag in tags)))
    if len(unique) > MOST_TAGS:
        raise NotesError(BAD_RUN, f"There are {len(unique)} tags; a run may have {MOST_TAGS}. Take some away.")
    return unique


def _text(note: object) -> str:
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        size = len(note) if isinstance(note, str) else type(note).__name__
        raise NotesError(BAD_RUN, f"The note has {size} characters; it may have {LONGEST_NOTE:,}. Shorten it.")
    return note.strip()
