"""Colours that pages and charts share; the rest of the look is in .streamlit/config.toml."""

from __future__ import annotations

# For up to ten classes, the same on every page, in light and in dark. Found by search from Okabe and Ito's (2008):
# any two differ by at least 20 in CIELAB, to normal eyes and to the three kinds of colour blindness as Machado,
# Oliveira and Fernandes 2009 simulate them (tests/ui/test_theme.py measures it). The order is that of the classes.
CLASS_COLOURS = (
    "#409fe7",
    "#f86a00",
    "#18d47e",
    "#bc3aae",
    "#8472ff",
    "#b07139",
    "#a1c650",
    "#7a5c7a",
    "#6f816c",
    "#fa82aa",
)


def class_colour(number: int) -> str:
    """The colour of a class by its number, `#rrggbb`; they repeat after ten."""
    return CLASS_COLOURS[number % len(CLASS_COLOURS)]
