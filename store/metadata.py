"""What a table beside the images says of the rows of a source; what is wrong with a table is told, not raised."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from store.models import model
from store.note_files import NotesError, notes_folder
from store.references import reference_images
from store.sources import REFERENCE, Source

if TYPE_CHECKING:
    from vae_core.data import Metadata, MetadataColumn

TAKEN = frozenset({"label", "split", "kl", "reconstruction", "log_density"})  # columns that every source may have
Signature = tuple[tuple[str, int, int], ...]  # of the files: path, time in ns, bytes


@dataclass(frozen=True, eq=False)
class SourceMetadata:
    """Columns of N values, one for each row of a source. file_names: N texts, or None. problems: sentences."""

    columns: tuple[MetadataColumn, ...] = ()
    file_names: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    signature: Signature
    found: SourceMetadata = field(compare=False)


_KNOWN: weakref.WeakKeyDictionary[Source, _Known] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def metadata_of(source: Source) -> SourceMetadata:
    """What metadata.csv or metadata.json of the model's notes and of the data set's folder say of a source's images.

    A table has a line for each image of the source in its order, one for each image of the data set in its order, or a
    column `hash`. Where both files have a column, that of the notes is taken. Read anew when a file changed.
    """
    files = _files(source)
    signature = tuple(_state(file) for file in files)
    known = _KNOWN.get(source)
    if known is None or known.signature != signature:
        with _LOCK:
            known = _Known(signature, _read_all(source, files))
            _KNOWN[source] = known
    return known.found


def image_name(source: Source, row: int) -> str:
    """What an image is called: its file's name where a table gives one, else its split and row."""
    names = metadata_of(source).file_names
    return names[row] if names is not None and names[row] else source.name_of(row)


def _files(source: Source) -> list[Path]:
    from vae_core.checkpoint import CheckpointError
    from vae_core.data import data_root, find_metadata

    folders = [data_root() / source.data]
    with suppress(NotesError, CheckpointError):  # whoever asks for the notes is told
        folders.insert(0, notes_folder(source.model))
    return [file for file in map(find_metadata, folders) if file is not None]


def _state(file: Path) -> tuple[str, int, int]:
    try:
        status = file.stat()
        return str(file), status.st_mtime_ns, status.st_size
    except OSError:
        return str(file), 0, 0


def _read_all(source: Source, files: Sequence[Path]) -> SourceMetadata:
    from vae_core.data import DataError, read_metadata

    columns: dict[str, MetadataColumn] = {}
    file_names, problems = None, []
    for file in files:
        try:
            found = read_metadata(file)
            places = _places(source, found, "/".join(file.parts[-2:]))
        except DataError as problem:
            problems.append(str(problem))
            continue
        for column in found.columns:
            name = f"{column.name} (metadata)" if column.name in TAKEN else column.name
            columns.setdefault(name, _of_rows(replace(column, name=name), places))
        if file_names is None and found.file_names is not None:
            file_names = _texts(found.file_names, places)
    return SourceMetadata(tuple(columns.values()), file_names, tuple(problems))


def _places(source: Source, table: Metadata, shown: str) -> np.ndarray:
    """For each row of the source the line of the table, int64 (N,); -1 where it has none. Raises DataError."""
    from vae_core.data import DataError

    if table.hashes is not None:
        order = np.argsort(table.hashes, kind="stable")
        near = np.minimum(np.searchsorted(table.hashes[order], source.image_hash), table.count - 1)
        return np.where(table.hashes[order][near] == source.image_hash, order[near], -1)
    if table.count == len(source):
        return np.arange(len(source))
    if table.count != source.data_count:
        raise DataError(
            f"{shown} has lines for {table.count:,} images; {source.words} are {len(source):,}, and the data set"
            f" {source.data} has {source.data_count:,}. Give a line for each of either, in their order, or a column"
            " `hash` from an exported selection."
        )
    rows = source.data_rows if source.id != REFERENCE else _reference_rows(source)
    if rows is None:
        raise DataError(
            f"{shown} has a line for each of the {table.count:,} images of {source.data}, which are not here:"
            f" its lines cannot be matched. Give a line for each of the {len(source):,} images, or a column `hash`."
        )
    return rows


def _reference_rows(source: Source) -> np.ndarray | None:
    found = reference_images(model(source.model))
    return None if found is None else found.data_rows


def _of_rows(column: MetadataColumn, places: np.ndarray) -> MetadataColumn:
    if column.kind == "text":
        return replace(column, values=_texts(column.values, places))
    values = column.values[places]  # -1 takes the last, which is then no value
    values[places < 0] = np.nan if column.kind == "number" else -1
    return replace(column, values=values)


def _texts(values: Sequence[str], places: np.ndarray) -> tuple[str, ...]:
    return tuple(values[place] if place >= 0 else "" for place in places.tolist())
