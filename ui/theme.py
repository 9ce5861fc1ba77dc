"""Colours that pages and charts share; the rest of the look is in .streamlit/config.toml."""

from __future__ import annotations

# For up to ten classes, the same on every page, in light and in dark: after Okabe and Ito 2008, yellow darkened so that
# it shows on white, two added. The order is the order of the classes.
CLASS_COLOURS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#c9b71f",
    "#8459b8",
    "#8a8a8a",
    "#7a4b2a",
)


def class_colour(number: int) -> str:
    """The colour of a class by its number, `#rrggbb`; they repeat after ten."""
    return CLASS_COLOURS[number % len(CLASS_COLOURS)]
