"""Labels from the folders that pictures lie in."""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np

from vae_core.data.gathering.own_images import Labels
from vae_core.settings import MOST_CLASSES

PARTS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation"})  # of a split, no classes


def labels_from_paths(paths: list[PurePosixPath]) -> Labels:
    """A class for each sub-folder below the folder that all pictures have in common; none where that says nothing.

    Folders called train, test or validation are parts of a split, not classes: below them the next ones are.
    """
    folders = [path.parent.parts for path in paths]
    common = _common(folders)
    below = [parts[common:] for parts in folders]
    note = ""
    if below and all(parts and parts[0].lower() in PARTS for parts in below):
        below, note = [parts[1:] for parts in below], " The split is made anew: train and test are taken together."
    beside = sum(not parts for parts in below)
    if beside == len(below):
        return Labels(note="There are no sub-folders, so there are no labels." + note)
    if beside:
        return Labels(note=f"{beside:,} pictures lie beside the sub-folders, so there are no labels." + note)
    names = sorted({parts[0] for parts in below})
    if len(names) > MOST_CLASSES:
        return Labels(note=f"There are {len(names):,} sub-folders; up to {MOST_CLASSES:,} are labels, so none are.")
    place = {name: number for number, name in enumerate(names)}
    return Labels(
        np.array([place[parts[0]] for parts in below], np.int64),
        tuple(names),
        f"The {len(names):,} sub-folders are the labels.{note}",
    )


def _common(folders: list[tuple[str, ...]]) -> int:
    """How many folders from the outermost on are the same for all."""
    if not folders:
        return 0
    first, last = min(folders), max(folders)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return same
