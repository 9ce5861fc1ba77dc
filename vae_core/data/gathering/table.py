"""What a table beside pictures says of each of them, as lines in the order of the images that were kept."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

import numpy as np

from vae_core.data.errors import DataError
from vae_core.data.gathering.own_images import OwnImages
from vae_core.data.gathering.picture_sources import PictureSource
from vae_core.data.metadata import MOST_COLUMNS, NAME_COLUMNS, Metadata, MetadataColumn, read_metadata

FILE = "file"


def table_of(images: OwnImages, kept: np.ndarray) -> tuple[list[list[str]] | None, str]:
    """Lines for a metadata.csv, the header first, with the name of each image's file; None where images are no files.

    Columns of a table that lies beside the images are added where it names their files. The text says why they are not.
    """
    if not images.has_files:
        return None, ""
    names = [images.name(int(place)) for place in kept]
    lines = [[FILE], *([name] for name in names)]
    try:
        given = _given(images)
    except DataError as problem:
        return lines, f"The table beside the images was left aside: {problem}"
    if given is None:
        return lines, ""
    if given.file_names is None:
        return lines, (
            f"The table beside the images was left aside: it has no column {', '.join(NAME_COLUMNS)} that says which "
            "line is whose."
        )
    return _joined(lines, names, given), ""


def _given(images: OwnImages) -> Metadata | None:
    if not isinstance(images, PictureSource) or not images.table_name:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / images.table_name
        file.write_bytes(images.table() or b"")
        return read_metadata(file)


def _joined(lines: list[list[str]], names: list[str], given: Metadata) -> list[list[str]]:
    columns = [column for column in given.columns if column.name.casefold() not in NAME_COLUMNS][: MOST_COLUMNS - 1]
    line_of: dict[str, int] = {}
    for line, name in enumerate(given.file_names or ()):
        line_of.setdefault(name, line)
        line_of.setdefault(PurePosixPath(name).name, line)
    lines[0] += [column.name for column in columns]
    for row, name in zip(lines[1:], names, strict=True):
        line = line_of.get(name, line_of.get(PurePosixPath(name).name))
        row += ["" if line is None else _cell(column, line) for column in columns]
    return lines


def _cell(column: MetadataColumn, line: int) -> str:
    value = column.values[line]
    if column.kind == "text":
        return str(value)
    if column.kind == "class":
        return column.names[value] if value >= 0 else ""
    return "" if np.isnan(value) else f"{value:.9g}"
