"""Whole numbers of a link: what is one, and what is none."""

from __future__ import annotations

import pytest

from ui.link_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9", 9)])
def test_figures_below_the_bound_are_a_number(text: str, number: int) -> None:
    assert whole_number(text, 10) == number


@pytest.mark.parametrize("text", ["10", "-1", "1.5", "", "x", "²", " 1", "0" * 5000, "9" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text, 10) is None


def test_counting_may_begin_later() -> None:
    assert whole_number("0", 4, first=1) is None
    assert whole_number("3", 4, first=1) == 3
