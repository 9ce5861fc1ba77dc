"""Which way to morph: the two images and the kind of path, from the link or from the hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from store import LoadedModel
from ui.link_numbers import linked_number
from vae_core.latent.paths import linear_path, slerp_path

PATHS = {"linear": linear_path, "slerp": slerp_path}
POINTS = 201  # points of a path that the browser walks straight between: a half circle strays by 0.003 % of its radius
GIF_FRAMES = 31


@dataclass(frozen=True)
class Morph:
    """Two rows of the test images, the kind of path ("linear" or "slerp") and the place 0..1 on it.

    problem: what in the link could not be used, as a sentence; empty when all was well.
    """

    a: int
    b: int
    path: str
    place: float = 0.5
    problem: str = ""


def chosen_morph(
    rows: int, labels: np.ndarray | None, link: Mapping[str, str], asked: Mapping[str, Any] | None = None
) -> Morph:
    """The morph to show for a model with so many test images (1 or more), labels int (rows,) or None.

    link: URL parameters a, b, path, t. asked: {"a", "b", "path"} as the component asked for it; it wins when usable.
    """
    place = _place(link.get("t", "0.5"))
    if asked and {asked["a"], asked["b"]} <= set(range(rows)) and asked["path"] in PATHS:
        return Morph(asked["a"], asked["b"], asked["path"], place)
    problems: list[str] = []
    a = _row(link, "a", rows, 0, problems)
    b = _row(link, "b", rows, _other(a, rows, labels), problems)
    path = link.get("path", "linear")
    if path not in PATHS:
        problems.append(f"The link's path is {path[:20]!r}; it must be linear or slerp. Linear is shown.")
        path = "linear"
    return Morph(a, b, path, place, " ".join(problems))


def path_latents(model: LoadedModel, morph: Morph, steps: int) -> np.ndarray:
    """The morph's path as latents float32 (steps, D), from the code of A to the code of B, both exact."""
    means = model.latents.mean
    return PATHS[morph.path](means[morph.a], means[morph.b], steps)


def gif_latents(model: LoadedModel, morph: Morph) -> np.ndarray:
    """The frames of the GIF as latents float32 (2 · GIF_FRAMES − 2, D): there and back, so that it loops."""
    there = path_latents(model, morph, GIF_FRAMES)
    return np.concatenate([there, there[-2:0:-1]])


def _row(link: Mapping[str, str], name: str, rows: int, otherwise: int, problems: list[str]) -> int:
    text = link.get(name)
    if text is None:
        return otherwise
    try:
        return linked_number(name, text, rows, "the test split has rows", f"Row {otherwise} is shown.")
    except ValueError as unusable:
        problems.append(str(unusable))
    return otherwise


def _other(a: int, rows: int, labels: np.ndarray | None) -> int:
    """The first row of another class than row a, or simply another row where there is one."""
    others = np.flatnonzero(labels != labels[a]) if labels is not None else np.array([], dtype=int)
    return int(others[0]) if len(others) else (a + 1) % rows


def _place(text: str) -> float:
    try:
        place = float(text)
    except ValueError:
        return 0.5
    return min(1.0, max(0.0, place)) if place == place else 0.5
