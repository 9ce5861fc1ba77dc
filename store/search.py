"""Images found by what they are called: a class, a name, a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from store.metadata import metadata_of
from store.sources import SPLITS, Source, class_name

LONGEST_QUERY = 100  # characters
MOST_EXACT = 20
NAME = re.compile(r"(train|validation|test)[-_ ]?(\d{1,9})(?:\.png)?")


@dataclass(frozen=True, eq=False)
class Match:
    """Rows int64 (n,), n ≥ 1, that a query may mean. what: "name", "number" or "label"; words: such as "label 3"."""

    what: str
    words: str
    rows: np.ndarray


def search(source: Source, query: str) -> list[Match]:
    """What a query may mean, the most particular first: an image's name, a row's number, the name of a class.

    Case and space around the query do not count. A class is also found by the beginning of one of its words.
    """
    asked = query.strip().casefold()
    return [
        *_by_file_name(source, asked),
        *_by_name(source, asked),
        *_by_number(source, asked),
        *_by_label(source, asked),
    ]


def _by_file_name(source: Source, asked: str) -> list[Match]:
    """Images whose file's name, given by a table, is the text or holds it: one exact name comes before all others."""
    names = metadata_of(source).file_names
    if names is None or not asked:
        return []
    rows = [row for row, name in enumerate(names) if asked in name.casefold()]
    exact = [row for row in rows if asked in (names[row].casefold(), _stem(names[row]).casefold())]
    first = [Match("name", names[row], np.array([row])) for row in exact[:MOST_EXACT]]
    others = sorted(set(rows) - set(exact[:MOST_EXACT]))
    return [*first, Match("name", f"names with “{asked}”", np.array(others))] if others else first


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem


def _by_name(source: Source, asked: str) -> list[Match]:
    named = NAME.fullmatch(asked)
    if named is None or int(named[2]) >= len(source) or SPLITS[source.split[int(named[2])]] != named[1]:
        return []
    row = int(named[2])
    return [Match("name", source.name_of(row), np.array([row]))]


def _by_number(source: Source, asked: str) -> list[Match]:
    number = asked.removeprefix("#").strip()
    if not number.isdecimal() or len(number) > 9 or int(number) >= len(source):
        return []
    return [Match("number", f"image {int(number)}", np.array([int(number)]))]


def _by_label(source: Source, asked: str) -> list[Match]:
    if source.label is None or not asked:
        return []
    present = np.unique(source.label).tolist()
    found = [(number, class_name(source.label_names, number)) for number in present if number >= 0]
    exact = [pair for pair in found if pair[1].casefold() == asked]
    meant = exact or [pair for pair in found if re.search(rf"\b{re.escape(asked)}", pair[1].casefold())]
    return [Match("label", f"label {name}", np.flatnonzero(source.label == number)) for number, name in meant]
