"""Numbers as a link writes them: anybody can type anything there."""

from __future__ import annotations

LONGEST = 9  # figures: Python refuses to read thousands of them, and no data set has so many rows


def whole_number(text: str, below: int, first: int = 0) -> int | None:
    """The whole number from `first` to below `below` that the text writes in figures; None when it writes none."""
    if not text.isdecimal() or len(text) > LONGEST:
        return None
    number = int(text)
    return number if first <= number < below else None


def linked_number(name: str, text: str, below: int, owner: str, instead: str) -> int:
    """The whole number from 0 to below `below` that the link's `name` writes.

    Raises ValueError with a sentence that ends in what is done instead; owner: who has these numbers, with its verb.
    """
    number = whole_number(text, below)
    if number is None:
        raise ValueError(f"The link's {name} is {text[:20]!r}; {owner} 0 to {below - 1}. {instead}")
    return number
