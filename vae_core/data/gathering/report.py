"""What came of gathering images, kept beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vae_core.data.gathering.own_images import LeftOut

REPORT = "gathered.json"
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Gathered:
    """What was written: count images of shape (C, H, W), their labels' names, how they were fitted, what was left out.

    left_out: the first files by name with a reason; ``n_left_out`` counts all.
    """

    name: str
    count: int
    shape: Shape
    label_names: tuple[str, ...]
    fitted: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    n_left_out: int


def gathered_report(folder: Path) -> Gathered | None:
    """What was told when this data set was gathered; None when it was not, or cannot be read."""
    try:
        found = json.loads((folder / REPORT).read_bytes())
        left_out = tuple(LeftOut(**each) for each in found.pop("left_out"))
        lists = {key: tuple(found.pop(key)) for key in ("shape", "label_names", "fitted", "notes")}
        return Gathered(**found, **lists, left_out=left_out)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
