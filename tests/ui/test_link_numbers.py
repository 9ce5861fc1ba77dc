"""Whole numbers of a link: what is one, and what is none."""

from __future__ import annotations

import pytest

from ui.link_numbers import linked_number, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9", 9)])
def test_figures_below_the_bound_are_a_number(text: str, number: int) -> None:
    assert whole_number(text, 10) == number


@pytest.mark.parametrize("text", ["10", "-1", "1.5", "", "x", "²", " 1", "0" * 5000, "9" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text, 10) is None


def test_counting_may_begin_later() -> None:
    assert whole_number("0", 4, first=1) is None
    assert whole_number("3", 4, first=1) == 3


def test_a_number_that_is_none_is_said_with_what_is_done_instead() -> None:
    assert linked_number("image", "3", 4, "the test split has rows", "Row 0 is shown.") == 3
    with pytest.raises(ValueError) as refused:
        linked_number("image", "4" * 30, 4, "the test split has rows", "Row 0 is shown.")
    assert str(refused.value) == f"The link's image is '{'4' * 20}'; the test split has rows 0 to 3. Row 0 is shown."
