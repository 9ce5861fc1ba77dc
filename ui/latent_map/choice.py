"""Which plane to show: two dimensions or the principal components, from the link or from the hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ui.link_numbers import whole_number

Kind = Literal["dimensions", "pca"]


@dataclass(frozen=True)
class PlaneChoice:
    """Two dimensions (from 0) that span the map, or "pca", which leaves them for later.

    problem: what in the link could not be used, as a sentence; empty when all was well.
    """

    kind: Kind
    x: int
    y: int
    problem: str = ""


def chosen_plane(nats: Sequence[float], link: Mapping[str, str], asked: Mapping[str, Any] | None = None) -> PlaneChoice:
    """The plane to show for a model whose dimensions (2 or more) carry so many nats.

    link: URL parameters `x`, `y` (dimensions from 1, as the sliders name them) and `plane`. asked: {"kind", "x", "y"}
    (from 0) as the component asked for it; it wins when it is usable. Without either: the two that carry most.
    """
    widest = sorted(range(len(nats)), key=lambda dimension: -nats[dimension])[:2]
    x, y = sorted(widest)
    if asked and asked["x"] != asked["y"] and {asked["x"], asked["y"]} <= set(range(len(nats))):
        return PlaneChoice("pca" if asked["kind"] == "pca" else "dimensions", asked["x"], asked["y"])
    if len(nats) == 2:
        return PlaneChoice("dimensions", x, y)
    problem = ""
    if "x" in link or "y" in link:
        linked = [link.get("x", ""), link.get("y", "")]
        named = [whole_number(text, len(nats) + 1, first=1) for text in linked]
        if None not in named and named[0] != named[1]:
            x, y = (number - 1 for number in named)
        else:
            problem = (
                f"The link's x and y are {linked[0][:9]!r} and {linked[1][:9]!r}; they must be two different"
                f" dimensions from 1 to {len(nats)}. z{x + 1} and z{y + 1} are shown."
            )
    return PlaneChoice("pca" if link.get("plane") == "pca" else "dimensions", x, y, problem)
