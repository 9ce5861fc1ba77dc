"""Groups of images that people named: `notes/groups.json` of a checkpoint.

An image is kept by the hash of its pixels, never by its row: a group survives another order of the rows, and holds in
every source that has the image. Images with equal pixels are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from store.models import checkpoints_root
from store.note_files import NoteFile, NotesError, checked_name, notes_folder
from store.sources import NoMap, Source, distinct

MOST_GROUPS = 100
MOST_IMAGES = 200_000  # of all groups of a model together
LARGEST_FILE = 16 * MOST_IMAGES + 2**16  # bytes: 16 hex digits for each image
DIGITS = 16


@dataclass(frozen=True, eq=False)
class Group:
    """Images under a name. source: where they were chosen. hashes: uint64 (n,), rising, n ≥ 1."""

    name: str
    source: str
    hashes: np.ndarray

    def rows_in(self, source: Source) -> np.ndarray:
        """The rows int64 (m,), ascending, of the images of the group that a source has."""
        return np.flatnonzero(np.isin(source.image_hash, self.hashes))


@dataclass(frozen=True)
class Groups:
    """The groups of a model in the order in which people put them, and how often they were written: 0 when never."""

    revision: int
    groups: tuple[Group, ...] = ()


def read_groups(model_name: str) -> Groups:
    """The groups of a model.

    Raises NotesError when the file is damaged, and vae_core.checkpoint.CheckpointError when there is no such model.
    """
    return _file(model_name).present()


def write_groups(model_name: str, revision: int, groups: Sequence[Mapping[str, Any]], source: Source) -> Groups:
    """The groups as they are from now on, with a new revision: all of them are replaced.

    revision: that of the groups which the person saw. groups: {"name", "rows": int (n,) of the source}; without rows
    the group of that name stays as it is. Raises NotesChanged when others wrote meanwhile, NotesReadOnly when nothing
    may be written, NotesError for bad groups, a damaged file or a lock that stays taken, and CheckpointError.
    """
    checked = [_checked(each, source) for each in groups]
    _check_all([name for name, _ in checked])

    def content(present: Groups) -> dict[str, Any]:
        kept = {group.name: group for group in present.groups}
        made = [_kept(kept, name) if group is None else group for name, group in checked]
        return {"groups": [_as_json(group) for group in _bounded(made)]}

    return _file(model_name).replace(revision, content)


def _file(model_name: str) -> NoteFile[Groups]:
    from vae_core.checkpoint import checkpoint_folder, load_config

    load_config(checkpoint_folder(checkpoints_root(), model_name))  # a folder that is no model has no groups
    return NoteFile(notes_folder(model_name), "groups", _read, Groups(0), LARGEST_FILE)


def _read(content: Mapping[str, Any]) -> Groups:
    found = [Group(checked_name(each["name"], "bad-groups"), str(each["source"]), _hashes(each["images"]))
             for each in content["groups"]]  # fmt: skip
    _check_all([group.name for group in found])
    return Groups(content["revision"], tuple(found))


def _hashes(text: str) -> np.ndarray:
    """uint64 (n,) of 16 hexadecimal digits each, written one after another: one long text is read at once."""
    if not text or len(text) % DIGITS:
        raise ValueError(f"a group has {len(text)} hexadecimal digits; each image takes {DIGITS}")
    return np.frombuffer(bytes.fromhex(text), dtype=">u8").astype(np.uint64)


def _as_json(group: Group) -> dict[str, Any]:
    return {"name": group.name, "source": group.source, "images": group.hashes.astype(">u8").tobytes().hex()}


def _checked(group: Mapping[str, Any], source: Source) -> tuple[str, Group | None]:
    """The name, and the group where rows are given."""
    if not isinstance(group, Mapping):
        raise NotesError("bad-groups", 'A group must be an object, such as {"name": "threes", "rows": [3, 18]}.')
    name, rows = checked_name(group.get("name"), "bad-groups"), group.get("rows")
    if rows is None:
        return name, None
    if not len(rows):
        raise NotesError("bad-groups", f"The group {name!r} has no images; choose some, or leave the group out.")
    try:
        chosen = source.check_rows(np.asarray(rows))
    except NoMap as problem:
        raise NotesError("bad-groups", f"The group {name!r} cannot be kept. {problem}") from problem
    return name, Group(name, source.id, distinct(source.image_hash[chosen]))


def _check_all(names: Sequence[str]) -> None:
    if len(names) > MOST_GROUPS:
        raise NotesError("bad-groups", f"There are {len(names)} groups; a model keeps {MOST_GROUPS}. Leave some out.")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise NotesError("bad-groups", f"Two groups are called {twice[0]!r}; give each a name of its own.")


def _kept(kept: Mapping[str, Group], name: str) -> Group:
    if name not in kept:
        raise NotesError("bad-groups", f"There is no group {name!r} to keep; give its rows.")
    return kept[name]


def _bounded(groups: list[Group]) -> list[Group]:
    count = sum(len(group.hashes) for group in groups)
    if count > MOST_IMAGES:
        raise NotesError(
            "bad-groups", f"The groups hold {count:,} images together; a model keeps {MOST_IMAGES:,}. Leave some out."
        )
    return groups
