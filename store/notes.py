"""The names that people give to a model's latent dimensions: `notes/names.json` of its checkpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.models import checkpoints_root
from store.note_files import NoteFile, NotesError, checked_name, notes_folder

LARGEST_FILE = 256 * 1024  # bytes; 512 names of 40 characters take less


@dataclass(frozen=True)
class Names:
    """The names of latent dimensions, by number, and how often they were written: 0 when never."""

    revision: int
    names: dict[int, str]


def read_names(model_name: str) -> Names:
    """The names that the dimensions of a model have.

    Raises NotesError when the file is damaged, and vae_core.checkpoint.CheckpointError when there is no such model.
    """
    file, _ = _file(model_name)
    return file.present()


def write_names(model_name: str, revision: int, names: Mapping[Any, Any]) -> Names:
    """The names as they are from now on, with a new revision: all of them are replaced.

    revision: that of the names which the person saw. names: dimension (int or its figures) -> name of 1 to 40 printable
    characters; space around a name is taken off. Raises NotesChanged when others wrote meanwhile, NotesReadOnly when
    nothing may be written, NotesError for bad names, a damaged file or a lock that stays taken, and CheckpointError.
    """
    file, latent_dim = _file(model_name)
    checked = {str(key): name for key, name in _checked(names, latent_dim).items()}
    return file.replace(revision, lambda _: {"names": checked})


def _file(model_name: str) -> tuple[NoteFile[Names], int]:
    """The model's file of names, and how many dimensions it has."""
    from vae_core.checkpoint import checkpoint_folder, load_config

    latent_dim = load_config(checkpoint_folder(checkpoints_root(), model_name)).model.latent_dim

    def read(content: Mapping[str, Any]) -> Names:
        return Names(content["revision"], _checked(content["names"], latent_dim))

    return NoteFile(notes_folder(model_name), "names", read, Names(0, {}), LARGEST_FILE), latent_dim


def _checked(names: Mapping[Any, Any], latent_dim: int) -> dict[int, str]:
    if not isinstance(names, Mapping):
        raise NotesError("bad-names", 'The names must be an object, such as {"3": "slant"}.')
    pairs = [(_dimension(key, latent_dim), checked_name(name, "bad-names")) for key, name in names.items()]
    return dict(sorted(pairs))


def _dimension(key: object, latent_dim: int) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", str(key)) or int(str(key)) >= latent_dim:
        raise NotesError(
            "bad-names", f"A name is given to dimension {str(key)[:20]!r}; the model has 0 to {latent_dim - 1}."
        )
    return int(str(key))
