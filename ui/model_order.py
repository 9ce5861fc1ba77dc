"""In which order models are offered: by name, those that ship as companions of the Anatomy page after all others."""

from __future__ import annotations

from collections.abc import Iterable

COMPANIONS = ("digits-ae-", "digits-2d-beta-")  # how their names begin


def is_companion(name: str) -> bool:
    """Whether the model of that name ships for the Anatomy page: small, and part of a comparison."""
    return name.startswith(COMPANIONS)


def in_order(names: Iterable[str]) -> list[str]:
    """The names as pickers offer them; among the companions a smaller β stands first."""
    return sorted(names, key=place_of)


def place_of(name: str) -> tuple[bool, float, str]:
    """By what names are sorted: whether it is a companion, its β, itself."""
    companion = is_companion(name)
    return companion, _weight(name) if companion else 0.0, name


def _weight(name: str) -> float:
    try:
        return float(name.rpartition("-")[2])
    except ValueError:
        return 0.0  # the autoencoder, which has none
