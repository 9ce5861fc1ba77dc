"""A number that is typed: what a field takes, and what is wrong with a text, in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from ui.errors import plain, quoted

_WHOLE = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LONGEST_NUMBER = 30  # characters


@dataclass(frozen=True)
class NumberRule:
    """What a field takes: its name in sentences, its bounds (both allowed), and a value that is a good choice."""

    name: str
    lowest: int | float
    highest: int | float
    example: int | float

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return isinstance(self.example, int)

    def read(self, text: str) -> int | float | None:
        """The number that the text is; None when it is none, or lies outside the bounds."""
        text = text.strip()
        if len(text) > LONGEST_NUMBER or not (_WHOLE if self.whole else _DECIMAL).fullmatch(text):
            return None
        value = int(text) if self.whole else float(text)
        return value if self.lowest <= value <= self.highest else None

    def problem(self, text: str) -> str | None:
        """What is wrong with the text, as a sentence; None when it is a number that can be used."""
        if self.read(text) is not None:
            return None
        found = quoted(text.strip()) if text.strip() else "empty"
        kind = "whole number" if self.whole else "number"
        bounds = f"from {number_text(self.lowest)} to {number_text(self.highest)}"
        return f"{self.name} is {found}; it must be a {kind} {bounds}. Type one, such as {number_text(self.example)}."


def number_text(number: int | float) -> str:
    """The number as one would type it: `0.00001`, not `1e-05`."""
    if isinstance(number, int):
        return str(number)
    shown = f"{number:.10f}".rstrip("0").rstrip(".")
    return shown if float(shown) == number else repr(number)


def show_field_problem(problem: str | None) -> None:
    """Draws the sentence under a field; nothing when there is none."""
    if problem:
        st.error(plain(problem), icon=":material/error:")
