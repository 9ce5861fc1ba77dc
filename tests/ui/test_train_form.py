"""What is typed into a number field is that number or none, never another one."""

from __future__ import annotations

import pytest

from ui.train_form import NumberRule, name_problem, number_text

WHOLE = NumberRule("Length", 1, 2_000, 200)
DECIMAL = NumberRule("Learning rate", 1e-5, 1e-1, 1e-3)


@pytest.mark.parametrize(("text", "value"), [("1", 1), (" 2000 ", 2_000), ("007", 7)])
def test_a_whole_number_within_its_bounds_is_read(text: str, value: int) -> None:
    assert WHOLE.read(text) == value
    assert WHOLE.problem(text) is None


@pytest.mark.parametrize(("text", "value"), [("0.001", 1e-3), (".1", 0.1), ("1e-5", 1e-5), ("0.00001", 1e-5)])
def test_a_decimal_number_may_be_typed_in_either_way(text: str, value: float) -> None:
    assert DECIMAL.read(text) == value


@pytest.mark.parametrize("text", ["", "0", "2001", "2.5", "1e9", "-1", "1,000", "1_000", "٣", "²", "x", "9" * 5_000])
def test_anything_else_is_no_number(text: str) -> None:
    assert WHOLE.read(text) is None
    assert "it must be a whole number from 1 to 2000. Type one, such as 200." in WHOLE.problem(text)
    assert len(WHOLE.problem(text)) < 200


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "0,001", "0.2", "0", "-0.01", "1e", "."])
def test_no_learning_rate(text: str) -> None:
    assert DECIMAL.read(text) is None
    assert "it must be a number from 0.00001 to 0.1. Type one, such as 0.001." in DECIMAL.problem(text)


def test_a_number_is_shown_as_it_would_be_typed() -> None:
    assert [number_text(number) for number in (1e-5, 0.1, 1e-3, 200)] == ["0.00001", "0.1", "0.001", "200"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("My model", "has a capital M and a space; a name takes small letters a–z, 0–9, dot, dash and underscore."),
        ("My model", "Try my-model."),
        ("a/b", "has the character “/”; "),
        ("ABCDEF", "has a capital A, a capital B, a capital C and others; "),
        ("-x", "starts with “-”; it must start with a letter or figure. Try x."),
        ("!!", "Try my-digits."),
        ("x" * 65, "has 65 characters; it may have 64. Shorten it."),
    ],
)
def test_a_name_is_refused_for_the_letters_at_fault(name: str, sentence: str) -> None:
    assert sentence in name_problem(name)
