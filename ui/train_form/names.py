"""The name of a new model: one that is free, and what is wrong with one that is typed."""

from __future__ import annotations

import re

import jobs
from ui.errors import quoted

LONGEST_NAME = 64


def free_name(wanted: str) -> str:
    """The wanted name, or with the first number that makes it free."""
    wanted = wanted[: LONGEST_NAME - 4]
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, 1_000)))
    return next((name for name in names if jobs.name_problem(name) is None), wanted)


def name_problem(name: str) -> str | None:
    """Why a new model cannot have this name, naming the very letters that are at fault; None when it can."""
    return spelling_problem(name) or jobs.name_problem(name)


def spelling_problem(name: str, what: str = "The name", example: str = "my-digits") -> str | None:
    """Why nothing can be called so, naming the very letters that are at fault; None when it can."""
    if not name:
        found_by = "a model is found by its name" if what == "The name" else "it is found by it"
        return f"{what} is empty; {found_by}. Type one, such as {example}."
    wrong = _wrong_letters(name)
    if wrong:
        rule = "a name takes small letters a–z, 0–9, dot, dash and underscore"
        return f"{what} has {_in_words(wrong)}; {rule}. {_suggestion(name, example)}"
    if len(name) > LONGEST_NAME:
        return f"{what} has {len(name)} characters; it may have {LONGEST_NAME}. Shorten it."
    if name[0] in "._-":
        starts = f"{what} starts with {quoted(name[0])}; it must start with a letter or figure."
        return f"{starts} {_suggestion(name, example)}"
    return None


def _wrong_letters(name: str) -> list[str]:
    wrong = dict.fromkeys(re.findall(r"[^a-z0-9._-]", name))
    return list(dict.fromkeys(_letter_in_words(letter) for letter in wrong))


def _letter_in_words(letter: str) -> str:
    if letter.isspace():
        return "a space"
    return f"a capital {letter}" if "A" <= letter <= "Z" else f"the character {quoted(letter)}"


def _in_words(parts: list[str], most: int = 4) -> str:
    """The parts as a list in a sentence, such as `a, b and c`; of many only the first."""
    shown = parts if len(parts) <= most else [*parts[: most - 1], "others"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _suggestion(name: str, example: str) -> str:
    """The nearest name that can be had, as a sentence."""
    near = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("._-")[:LONGEST_NAME]
    return f"Try {near or example}."
