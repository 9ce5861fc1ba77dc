"""Files of a checkpoint's folder `notes/`: one small JSON file for each kind of note, with a revision.

Nobody overwrites what they have not seen: a writer names the revision that they read, and writes under a lock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from store.models import checkpoints_root

SETTING = "LATENT_EXPLORER_NOTES"
READ_ONLY, WRITABLE = "read-only", "writable"
FOLDER = "notes"
LONGEST_NAME = 40  # characters
LONGEST_WAIT = 5.0  # seconds for the lock; a write takes milliseconds
T = TypeVar("T")


class NotesError(Exception):
    """Notes that cannot be read or written.

    `reason` is a code for programs: bad-names, bad-groups, broken-notes or notes-busy.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotesReadOnly(NotesError):
    """Notes may not be written here."""

    def __init__(self, message: str) -> None:
        super().__init__("read-only", message)


class NotesChanged(NotesError):
    """Somebody else wrote first; `present` is what they wrote, with its `revision`."""

    def __init__(self, what: str, revision: int, present: Any) -> None:
        super().__init__(
            "changed-meanwhile",
            f"The {what} are of revision {present.revision}; {revision} was to be replaced. Somebody changed them "
            "meanwhile: look at theirs, then save again.",
        )
        self.present = present


@dataclass(frozen=True)
class NoteFile(Generic[T]):
    """A kind of note of one model: T has a `revision`, 0 where nothing was written.

    what: its name, which is its file's too. read: T of the content of a file, raising what it likes for a bad one.
    empty: T without a file. words: the name in sentences, where it is another.
    """

    folder: Path
    what: str
    read: Callable[[Mapping[str, Any]], T]
    empty: T
    largest: int  # bytes
    words: str = ""

    @property
    def file(self) -> Path:
        return self.folder / f"{self.what}.json"

    def present(self) -> T:
        """What was noted. Raises NotesError when the file is damaged."""
        try:
            if self.file.stat().st_size > self.largest:
                raise ValueError(f"it has more than {self.largest} bytes")
            content = json.loads(self.file.read_text(encoding="utf-8"))
            if type(content["revision"]) is not int or content["revision"] < 1:
                raise ValueError(f"the revision is {content['revision']!r}")
            return self.read(content)
        except FileNotFoundError:
            return self.empty
        except (ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError, NotesError) as problem:
            shown = "/".join(self.file.parts[-3:])
            raise NotesError(
                "broken-notes", f"{shown} cannot be read ({problem}). Mend the file, or delete it to start anew."
            ) from problem

    def replace(self, revision: int, content_after: Callable[[T], Mapping[str, Any]]) -> T:
        """What is noted from now on: `content_after` of what is there, with the next revision.

        revision: of what the person saw. Raises NotesChanged when others wrote meanwhile, NotesReadOnly when nothing
        may be written, NotesError for a damaged file or a lock that stays taken.
        """
        from filelock import FileLock, Timeout

        from vae_core.checkpoint import write_atomic

        if notes_setting() == READ_ONLY:
            raise NotesReadOnly(f"Notes are read-only on this server ({SETTING}={READ_ONLY}); nothing was saved.")
        try:
            self.folder.mkdir(exist_ok=True)
            with FileLock(self.folder / f".{self.what}.lock", timeout=LONGEST_WAIT, poll_interval=0.01):
                present = self.present()
                if present.revision != revision:
                    raise NotesChanged(self.words or self.what, revision, present)
                content = {"revision": revision + 1, **content_after(present)}
                text = json.dumps(content, ensure_ascii=False, indent=1).encode()
                if len(text) > self.largest:
                    words = self.words or self.what
                    raise NotesError(
                        f"bad-{self.what}", f"The {words} take {len(text):,} bytes; at most {self.largest:,} do."
                    )
                write_atomic(self.file, text)
        except Timeout as problem:
            sentence = "Others are writing to these notes; nothing was saved. Try again."
            raise NotesError("notes-busy", sentence) from problem
        except OSError as problem:
            raise NotesReadOnly(
                f"The folder of the notes cannot be written ({problem.strerror}); nothing was saved."
            ) from problem
        return self.read(content)


def notes_setting() -> str:
    """What LATENT_EXPLORER_NOTES says: "writable" (also when it is not set) or "read-only".

    Raises ValueError for anything else.
    """
    chosen = os.environ.get(SETTING, "").strip() or WRITABLE
    if chosen not in (READ_ONLY, WRITABLE):
        raise ValueError(f"{SETTING} is {chosen!r}; it must be {READ_ONLY}, {WRITABLE} or left out.")
    return chosen


def notes_folder(model_name: str) -> Path:
    """The folder of a model's notes, whether or not it exists.

    Raises NotesError where it leads elsewhere, and vae_core.checkpoint.CheckpointError for a name that is none.
    """
    from vae_core.checkpoint import checkpoint_folder

    model_folder = checkpoint_folder(checkpoints_root(), model_name)
    folder = model_folder / FOLDER
    if folder.resolve().parent != model_folder.resolve():
        raise NotesError(
            "broken-notes", f"{model_name}/{FOLDER} leads out of the checkpoint's folder. Replace the link by a folder."
        )
    return folder


def checked_name(name: object, reason: str) -> str:
    """A name of 1 to 40 printable characters, without the space around it. Raises NotesError with the reason."""
    trimmed = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(trimmed) <= LONGEST_NAME or not trimmed.isprintable():
        raise NotesError(
            reason,
            f"A name is {str(name)[:60]!r}; it must have 1 to {LONGEST_NAME} printable characters. "
            "Shorten it, or leave it out to take the name away.",
        )
    return trimmed
