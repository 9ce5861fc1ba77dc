"""What people note on a model, in its checkpoint's folder `notes/`: one small file each, with a revision.

Nobody overwrites what they have not seen: a writer names the revision that they read, and writes under a lock.

Today there is one kind: the names that people give to latent dimensions, in `notes/names.json`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.models import checkpoints_root

SETTING = "LATENT_EXPLORER_NOTES"
READ_ONLY, WRITABLE = "read-only", "writable"
FOLDER, NAMES_FILE, LOCK_FILE = "notes", "names.json", ".names.lock"
LONGEST_NAME = 40  # characters
LARGEST_FILE = 256 * 1024  # bytes; 512 names of 40 characters take less
LONGEST_WAIT = 5.0  # seconds for the lock; a write takes milliseconds


class NotesError(Exception):
    """Notes that cannot be read or written; `reason` is a code for programs: bad-names, broken-notes or notes-busy."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotesReadOnly(NotesError):
    """Notes may not be written here."""

    def __init__(self, message: str) -> None:
        super().__init__("read-only", message)


@dataclass(frozen=True)
class Names:
    """The names of latent dimensions, by number, and how often they were written: 0 when never."""

    revision: int
    names: dict[int, str]


class NotesChanged(NotesError):
    """Somebody else wrote first; `present` is what they wrote."""

    def __init__(self, revision: int, present: Names) -> None:
        super().__init__(
            "changed-meanwhile",
            f"The names are of revision {present.revision}; {revision} was to be replaced. Somebody changed them "
            "meanwhile: look at theirs, then save again.",
        )
        self.present = present


def read_names(model_name: str) -> Names:
    """The names that the dimensions of a model have.

    Raises NotesError when the file is damaged, and vae_core.checkpoint.CheckpointError when there is no such model.
    """
    folder, latent_dim = _place(model_name)
    return _read(folder / NAMES_FILE, latent_dim)


def write_names(model_name: str, revision: int, names: Mapping[Any, Any]) -> Names:
    """The names as they are from now on, with a new revision: all of them are replaced.

    revision: that of the names which the person saw. names: dimension (int or its figures) -> name of 1 to 40 printable
    characters; space around a name is taken off. Raises NotesChanged when others wrote meanwhile, NotesReadOnly when
    nothing may be written, NotesError for bad names, a damaged file or a lock that stays taken, and CheckpointError.
    """
    from filelock import FileLock, Timeout

    from vae_core.checkpoint import write_atomic

    if notes_setting() == READ_ONLY:
        raise NotesReadOnly(f"Notes are read-only on this server ({SETTING}={READ_ONLY}); nothing was saved.")
    folder, latent_dim = _place(model_name)
    checked = _checked(names, latent_dim)
    try:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / LOCK_FILE, timeout=LONGEST_WAIT, poll_interval=0.01):
            present = _read(folder / NAMES_FILE, latent_dim)
            if present.revision != revision:
                raise NotesChanged(revision, present)
            new = Names(revision + 1, checked)
            write_atomic(folder / NAMES_FILE, _as_json(new))
    except Timeout as problem:
        raise NotesError("notes-busy", "Others are writing to these notes; nothing was saved. Try again.") from problem
    except OSError as problem:
        raise NotesReadOnly(
            f"The folder of the notes cannot be written ({problem.strerror}); nothing was saved."
        ) from problem
    return new


def notes_setting() -> str:
    """What LATENT_EXPLORER_NOTES says: "writable" (also when it is not set) or "read-only".

    Raises ValueError for anything else.
    """
    chosen = os.environ.get(SETTING, "").strip() or WRITABLE
    if chosen not in (READ_ONLY, WRITABLE):
        raise ValueError(f"{SETTING} is {chosen!r}; it must be {READ_ONLY}, {WRITABLE} or left out.")
    return chosen


def _place(model_name: str) -> tuple[Path, int]:
    """The folder of a model's notes, whether or not it exists, and how many dimensions the model has."""
    from vae_core.checkpoint import checkpoint_folder, load_config

    model_folder = checkpoint_folder(checkpoints_root(), model_name)
    latent_dim = load_config(model_folder).model.latent_dim
    folder = model_folder / FOLDER
    if folder.resolve().parent != model_folder.resolve():
        raise NotesError(
            "broken-notes", f"{model_name}/{FOLDER} leads out of the checkpoint's folder. Replace the link by a folder."
        )
    return folder, latent_dim


def _read(file: Path, latent_dim: int) -> Names:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it has more than {LARGEST_FILE} bytes")
        content = json.loads(file.read_text(encoding="utf-8"))
        revision, names = content["revision"], content["names"]
        if type(revision) is not int or revision < 1:
            raise ValueError(f"the revision is {revision!r}")
        return Names(revision, _checked(names, latent_dim))
    except FileNotFoundError:
        return Names(0, {})
    except (ValueError, TypeError, KeyError, OSError, RecursionError, NotesError) as problem:
        shown = "/".join(file.parts[-3:])
        raise NotesError(
            "broken-notes", f"{shown} cannot be read ({problem}). Mend the file, or delete it to start anew."
        ) from problem


def _checked(names: Mapping[Any, Any], latent_dim: int) -> dict[int, str]:
    if not isinstance(names, Mapping):
        raise NotesError("bad-names", 'The names must be an object, such as {"3": "slant"}.')
    pairs = [(_dimension(key, latent_dim), _name(name)) for key, name in names.items()]
    return dict(sorted(pairs))


def _dimension(key: object, latent_dim: int) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", str(key)) or int(str(key)) >= latent_dim:
        raise NotesError(
            "bad-names", f"A name is given to dimension {str(key)[:20]!r}; the model has 0 to {latent_dim - 1}."
        )
    return int(str(key))


def _name(name: object) -> str:
    trimmed = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(trimmed) <= LONGEST_NAME or not trimmed.isprintable():
        raise NotesError(
            "bad-names",
            f"A name is {str(name)[:60]!r}; it must have 1 to {LONGEST_NAME} printable characters. "
            "Shorten it, or leave it out to take the name away.",
        )
    return trimmed


def _as_json(names: Names) -> bytes:
    content = {"revision": names.revision, "names": {str(key): name for key, name in names.names.items()}}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
