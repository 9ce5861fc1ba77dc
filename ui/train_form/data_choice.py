"""Which images: a data set of this machine, or images of one's own, which become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from ui import state
from ui.errors import plain, quoted, show_problem
from ui.train_form.number_fields import NumberRule, show_field_problem
from ui.train_form.own_images import bring_images
from vae_core.data import (
    DATA_SETS,
    DATA_VARIABLE,
    DataError,
    DataOutline,
    data_names,
    data_outline,
    data_root,
    drawn_counts,
)
from vae_core.data.gathering import Gathered, gathered_report
from vae_core.data.idx import NAMES

OWN = "+"  # no name of a data set
FIRST = "digits"
MOST_LISTED = 50


def choose_data(cloned: Mapping[str, Any]) -> DataOutline | None:
    """Draws the choice; gives back what the data set holds, or None while images are being brought or it is broken.

    Of a drawn set it is asked how many images; `count` of what is given back is that number, or the usual one while
    `count_problem` says what is wrong with it.
    """
    here = data_names()
    new = st.session_state.pop(state.TRAIN_NEW_DATA, None) or cloned.get("data")
    if new in here:
        st.session_state[state.TRAIN_DATA] = new
    elif cloned:
        _say_gone(str(new))
    if st.session_state.get(state.TRAIN_DATA) not in (*here, OWN):
        st.session_state[state.TRAIN_DATA] = FIRST
    name = st.selectbox("Data", [*here, OWN], format_func=_label, key=state.TRAIN_DATA)
    if name == OWN:
        bring_images()
        return None
    try:
        data = data_outline(name)
    except (DataError, OSError) as problem:
        show_problem(f"The data {quoted(name)} cannot be read", str(problem), "Or choose other data.")
        return None
    data = _as_many_as_wanted(data, cloned)
    if count_problem(data) is None:
        _describe(data, [known for known in DATA_SETS if known not in here])
    return data


def count_problem(data: DataOutline) -> str | None:
    """What is wrong with the number of images to draw, as a sentence; None where all is well or none is asked for."""
    rule = count_rule(data)
    return None if rule is None else rule.problem(str(st.session_state.get(state.TRAIN_COUNT, "")))


def _as_many_as_wanted(data: DataOutline, cloned: Mapping[str, Any]) -> DataOutline:
    """A drawn set in the number typed, in its usual one while that is no number for it; other sets as they are."""
    rule = count_rule(data)
    if rule is None:
        return data
    if cloned or st.session_state.get(state.TRAIN_DRAWN) != data.name:  # another set begins at its own number
        st.session_state[state.TRAIN_COUNT] = str(cloned.get("data_count", data.count))
        st.session_state[state.TRAIN_DRAWN] = data.name
    st.session_state.setdefault(state.TRAIN_COUNT, str(data.count))
    bounds = f"{rule.lowest} to {rule.highest:,}."
    text = st.text_input(rule.name, key=state.TRAIN_COUNT, autocomplete="off", help=bounds)
    show_field_problem(rule.problem(text))
    count = rule.read(text)
    return data if count is None else replace(data, count=count)


def count_rule(data: DataOutline) -> NumberRule | None:
    """How many images of a drawn set there may be; None for one that has the images it has."""
    bounds = drawn_counts(data.name)
    return None if bounds is None else NumberRule("Images to draw", *bounds, data.count)


def _label(name: str) -> str:
    if name == OWN:
        return "Images of your own …"
    return DATA_SETS[name].label if name in DATA_SETS else f"{name} (your own)"


def _describe(data: DataOutline, absent: list[str]) -> None:
    channels, height, width = data.shape
    colour = "grey" if channels == 1 else "colour"
    labels = "with labels" if data.labelled else "without labels"
    text = f"{data.count:,} images of {width}×{height} pixels, {colour}, {labels}."
    st.caption(plain(f"{text} {_absent(absent)}".strip()))
    report = gathered_report(data_root() / data.name)
    if report is not None:
        _show_report(report)


def _show_report(report: Gathered) -> None:
    st.caption(plain(" ".join((*report.fitted, *report.notes))))
    if not report.n_left_out:
        return
    with st.expander(f"{report.n_left_out:,} files were left out", icon=":material/warning:"):
        for file in report.left_out[:MOST_LISTED]:
            st.caption(f"**{plain(file.name)}**: {plain(file.why)}")
        if report.n_left_out > MOST_LISTED:
            st.caption(f"And {report.n_left_out - MOST_LISTED:,} more; gathered.json in the data's folder names them.")


def _absent(names: list[str]) -> str:
    """Which data sets are not on this machine, and where which files of theirs would have to lie."""
    if not names:
        return ""
    labels = " and ".join(DATA_SETS[name].label for name in names)
    folders = " or ".join(str(data_root() / name) for name in names)
    files = ", ".join(f"{spellings[0]}.gz" for spellings in NAMES.values())
    return f"Not on this machine: {labels}. To choose one, put its files ({files}) into {folders} ({DATA_VARIABLE})."


def _say_gone(name: str) -> None:
    show_problem(
        f"The data {quoted(name)} are not on this machine",
        "The run that is cloned was trained on them; its other settings were taken over.",
        "Choose other data, or put them into the data folder again.",
    )
