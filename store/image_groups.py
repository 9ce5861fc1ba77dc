"""Groups of images as a request names them: by labels, by a group that people named, by rows, or all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from store.groups import read_groups
from store.sources import NoMap, Source, distinct

MOST_NAMED = 12  # labels that are written out


@dataclass(frozen=True, eq=False)
class ImageGroup:
    """rows: int64 (n,), ascending, of a source. words: what they are, such as "label 3"."""

    rows: np.ndarray
    words: str


def image_group(source: Source, asked: Mapping[str, Any]) -> ImageGroup:
    """The images of a source that one of these names: labels (a list of names), group (a name), rows (int (n,)).

    Raises NoMap for an unknown label, group or row, and where the group has no image in the source.
    """
    if "labels" in asked:
        found = _of_labels(source, asked["labels"])
    elif "group" in asked:
        found = _of_group(source, str(asked["group"]))
    else:
        rows = distinct(source.check_rows(np.asarray(asked["rows"], dtype=np.int64)))
        found = ImageGroup(rows, f"{len(rows):,} chosen images")
    if not len(found.rows):
        raise NoMap("too-few-rows", f"The group ({found.words}) has no image in {source.words}. Choose one or more.")
    return found


def _of_labels(source: Source, labels: list[str]) -> ImageGroup:
    parts = [source.rows_of_class(label) for label in labels]
    named = ", ".join(labels[:MOST_NAMED]) + (", …" if len(labels) > MOST_NAMED else "")
    rows = distinct(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
    return ImageGroup(rows, f"label {named}" if labels else "no label")


def _of_group(source: Source, name: str) -> ImageGroup:
    known = read_groups(source.model).groups
    for group in known:
        if group.name == name:
            return ImageGroup(group.rows_in(source), f"group {name}")
    names = ", ".join(group.name for group in known[:MOST_NAMED]) or "none yet: select images on the map and name them"
    raise NoMap("no-such-group", f"There is no group {name[:40]!r}; there are {names}. Choose one of them.")
