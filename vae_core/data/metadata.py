"""A table beside the images: metadata.csv or metadata.json, one line per image, its columns read as what they hold."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vae_core.data.errors import DataError

FILES = ("metadata.csv", "metadata.json")
LARGEST_FILE = 64 * 2**20  # bytes
MOST_COLUMNS = 64
LONGEST_NAME = 60  # characters of a column's name
FEW_KINDS = 64  # so many different texts are always classes
MOST_KINDS = 250  # more are texts, whatever their share
FEW_INTEGERS = 12  # so many different whole numbers are classes
HASH = "hash"
HASH_DIGITS = 16
NAME_COLUMNS = ("file", "filename", "file_name", "name", "path")

Kind = Literal["class", "number", "text"]


@dataclass(frozen=True, eq=False)
class MetadataColumn:
    """One column of M values.

    kind "number": values float32 (M,), NaN where it is empty. "class": values int16 (M,), a place in names, -1 where it
    is empty. "text": values are M texts.
    """

    name: str
    kind: Kind
    values: np.ndarray | tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Metadata:
    """A table of M lines. hashes: uint64 (M,) where it has a column of image hashes; file_names: M texts, or None."""

    columns: tuple[MetadataColumn, ...]
    count: int
    hashes: np.ndarray | None = None
    file_names: tuple[str, ...] | None = None


def find_metadata(folder: Path) -> Path | None:
    """The metadata.csv or metadata.json of a folder, in this order; None when it has neither."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def read_metadata(file: Path) -> Metadata:
    """The table in a file: CSV with a header (comma, semicolon or tab), or JSON, a list of objects or {column: list}.

    A column of numbers is a number; one of few different values (whole numbers: up to 12; texts: up to 64, or 250 where
    each stands for 4 images or more) is a class; others are texts. `hash` holds image hashes, 16 hexadecimal digits.
    Raises DataError when the file cannot be read so, or has too many columns.
    """
    shown = "/".join(file.parts[-2:])
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise DataError(f"{shown} has more than {LARGEST_FILE:,} bytes. Leave columns or digits out.")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{shown} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise DataError(f"{shown} cannot be read: {error.strerror}. Check that the file is readable.") from error
    names, columns = (_from_json if file.suffix == ".json" else _from_csv)(text, shown)
    _check_names(names, shown)
    return _table(dict(zip(names, columns, strict=True)), shown)


def _from_csv(text: str, shown: str) -> tuple[list[str], list[list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    lines = [line for line in lines if line]  # a blank line is no image
    if len(lines) < 2:
        raise DataError(f"{shown} has {len(lines)} lines; it needs a header and a line for each image. Add them.")
    width = len(lines[0])
    for number, line in enumerate(lines[1:], 2):
        if len(line) != width:
            raise DataError(
                f"{shown}, line {number}, has {len(line)} fields; the header has {width}. Give every line as many, and"
                " put texts that hold the delimiter into quotes."
            )
    return [name.strip() for name in lines[0]], [list(column) for column in zip(*lines[1:], strict=True)]


def _from_json(text: str, shown: str) -> tuple[list[str], list[list[str]]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{shown} is no JSON ({error}). Mend the file.") from None
    if isinstance(content, list) and content and all(isinstance(line, dict) for line in content):
        names = list(dict.fromkeys(name for line in content for name in line))
        return names, [[_text(line.get(name)) for line in content] for name in names]
    if isinstance(content, dict) and content and all(isinstance(column, list) for column in content.values()):
        lengths = {len(column) for column in content.values()}
        if len(lengths) > 1:
            raise DataError(f"{shown} has columns of {min(lengths)} to {max(lengths)} values; give all as many.")
        return list(content), [[_text(value) for value in column] for column in content.values()]
    raise DataError(f'{shown} must be a list of objects, such as [{{"writer": "A"}}], or an object of lists. Mend it.')


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_names(names: Sequence[str], shown: str) -> None:
    if len(names) > MOST_COLUMNS:
        raise DataError(f"{shown} has {len(names)} columns; at most {MOST_COLUMNS} are read. Leave some out.")
    for name in names:
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or "/" in name:
            raise DataError(
                f"{shown} has a column called {name[:80]!r}; a name has 1 to {LONGEST_NAME} printable characters and"
                " no slash. Rename it."
            )
        if names.count(name) > 1:
            raise DataError(f"{shown} has two columns called {name!r}; give each a name of its own.")


def _table(columns: dict[str, list[str]], shown: str) -> Metadata:
    hashes = _hashes(columns.pop(HASH), shown) if HASH in columns else None
    named = next((name for name in columns if name.casefold() in NAME_COLUMNS), None)
    count = len(hashes) if hashes is not None else len(next(iter(columns.values()), []))
    if not count:
        raise DataError(f"{shown} has no lines for images. Add a line for each.")
    file_names = None if named is None else tuple(value.strip() for value in columns[named])
    return Metadata(tuple(_column(name, values) for name, values in columns.items()), count, hashes, file_names)


def _hashes(values: list[str], shown: str) -> np.ndarray:
    try:
        if any(len(value.strip()) != HASH_DIGITS for value in values):
            raise ValueError
        return np.array([int(value, 16) for value in values], dtype=np.uint64)
    except ValueError:
        raise DataError(
            f"{shown} has a column {HASH!r} with something else than {HASH_DIGITS} hexadecimal digits in each line."
            " Take them from an exported selection, or rename the column."
        ) from None


def _column(name: str, values: list[str]) -> MetadataColumn:
    trimmed = [value.strip() for value in values]
    kinds = sorted({value for value in trimmed if value})
    numbers = _numbers(trimmed)
    if numbers is not None and not (len(kinds) <= FEW_INTEGERS and all(_is_whole(value) for value in kinds)):
        return MetadataColumn(name, "number", numbers)
    if len(kinds) <= FEW_KINDS or (len(kinds) <= MOST_KINDS and 4 * len(kinds) <= len(values)):
        names = sorted(kinds, key=int) if numbers is not None else kinds
        place = {value: index for index, value in enumerate(names)}
        codes = np.array([place.get(value, -1) for value in trimmed], dtype=np.int16)
        return MetadataColumn(name, "class", codes, tuple(names))
    return MetadataColumn(name, "text", tuple(trimmed))


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _numbers(values: list[str]) -> np.ndarray | None:
    """float32 (M,), NaN where a value is empty; None when a value is no finite number, or there is none at all."""
    try:
        found = [float(value) if value else math.nan for value in values]
    except ValueError:
        return None
    finite = all(math.isfinite(number) for number, value in zip(found, values, strict=True) if value)
    return np.array(found, dtype=np.float32) if finite and any(values) else None
