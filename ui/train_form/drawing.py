"""The fields on the page: each with its label, its sentence, and under it what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from ui.errors import plain
from ui.train_form.fields import Field, Part, fields
from ui.train_form.number_fields import show_field_problem
from ui.train_form.values import chosen, key_of
from ui.train_form.words import label_of, words_of

IN_A_ROW = 3
PLACEHOLDERS = {"hidden": "what suits network and size"}


def draw_part(part: Part, problems: Mapping[str, str]) -> None:
    """Draws the fields of one part that count with the other choices, choices first as they come."""
    raw = chosen()
    shown = [field for field in fields().values() if field.part == part and field.shown(raw)]
    for row in _rows(shown):
        for place, field in zip(st.columns(IN_A_ROW if len(row) > 1 else 1), row, strict=False):
            with place:
                draw_field(field, problems.get(field.name))


def _rows(shown: list[Field]) -> Iterable[list[Field]]:
    """A choice has a row of its own, for its sentence; numbers and switches stand three in a row."""
    row: list[Field] = []
    for field in shown:
        alone = field.kind in ("choice", "text")
        if row and (alone or len(row) == IN_A_ROW):
            yield row
            row = []
        row.append(field)
        if alone:
            yield row
            row = []
    if row:
        yield row


def draw_field(field: Field, problem: str | None, caption: bool = False) -> None:
    """Draws one field. caption: its sentence stands under it, not behind a question mark."""
    key, words = key_of(field.name), None if caption else field.words
    if field.kind == "choice":
        value = _choice(field, key)
        said = words_of(field.name, value)
        if said:
            st.caption(plain(said))
    elif field.kind == "switch":
        st.toggle(field.label, key=key, help=words)
    else:
        st.text_input(field.label, key=key, help=words, autocomplete="off", placeholder=PLACEHOLDERS.get(field.name))
    if caption:
        st.caption(plain(field.words))
    show_field_problem(problem)


def _choice(field: Field, key: str) -> Any:
    choices = field.choices()
    if st.session_state.get(key) not in choices:
        st.session_state[key] = choices[0] if field.default not in choices else field.default
    few = len(choices) <= 3 or field.name in ("corruption",)
    show = {"format_func": lambda choice: label_of(field.name, choice), "key": key, "help": field.words}
    if few:
        return st.segmented_control(field.label, choices, required=True, **show)
    return st.selectbox(field.label, choices, **show)


def part_label(part: Part, name: str, problems: Mapping[str, str]) -> str:
    """What an expander is called: its part, and the most telling of its values."""
    raw = chosen()
    mend = any(fields()[field].part == part for field in problems if field in fields())
    if mend:
        return f"{name}: a field is to be mended"
    telling = {
        "model": ("network", "likelihood"),
        "objective": ("objective", "corruption"),
        "optimizer": ("optimizer",),
    }[part]
    words = [label_of(field, raw[field]) for field in telling if raw[field] != "none" and raw[field] in
             fields()[field].choices()]  # fmt: skip
    more = {
        "model": [f"{raw['prior']} prior"] if raw["prior"] != "normal" else [],
        "optimizer": [f"learning rate {raw['learning_rate']}, {raw['schedule']}"],
    }
    if raw["conditional"] and part == "model":
        words.append("conditional")
    return plain(f"{name}: {', '.join([*words, *more.get(part, [])])}")
