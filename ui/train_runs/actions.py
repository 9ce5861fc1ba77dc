"""What can be done with the chosen runs: open, clone, note, and what jobs does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui import state
from ui.train_form import free_name
from ui.train_runs.bin_view import bin_runs
from ui.train_runs.notes_form import notes_form, tag_all_form
from ui.train_runs.rows import MODEL, RunRow


def show_actions(chosen: Sequence[RunRow], rows: Sequence[RunRow]) -> None:
    """Draws the buttons for one chosen run, or for several, side by side where the caller's row has room."""
    known_tags = sorted({tag for row in rows for tag in row.notes.tags})
    if len(chosen) == 1:
        _for_one(chosen[0], known_tags)
    else:
        with st.popover("Tag all", icon=":material/label:", key=_key("tag")):
            tag_all_form(chosen)
    _bin_button([row.name for row in chosen if row.state != MODEL and not row.alive])


def _for_one(row: RunRow, known_tags: Sequence[str]) -> None:
    if row.state != MODEL:
        button = {"icon": ":material/monitoring:", "on_click": open_run, "args": (row.name,)}
        st.button("Watch" if row.alive else "Open run", key=_key("open"), type="primary", **button)
    if row.opens:
        choose = {"icon": ":material/tune:", "on_click": state.choose_model, "args": (row.name,)}
        if st.button("Open in Sliders", key=_key("sliders"), **choose):
            state.open_page("sliders")
    if row.settings:
        clone_words = "Opens the form with this run's settings, to change and start under another name."
        clone = {"icon": ":material/content_copy:", "on_click": clone_run, "args": (row,), "help": clone_words}
        st.button("Clone", key=_key("clone"), **clone)
    with st.popover("Notes", icon=":material/edit_note:", key=_key("notes")):
        notes_form(row, known_tags)


def _bin_button(names: Sequence[str]) -> None:
    """A button that needs no question, since the bin gives back; none where no run has ended."""
    if names:
        bin_button = {"icon": ":material/delete:", "on_click": bin_runs, "args": (names,)}
        st.button("To the bin", key=_key("bin"), help="From there it can be restored.", **bin_button)


def open_run(name: str) -> None:
    """Puts the run into the address, so that the page shows it alone."""
    st.query_params[state.RUN] = name
    st.session_state[state.RUNS_MOVED] = True


def clone_run(row: RunRow) -> None:
    """Goes to the form, which takes the run's settings over."""
    st.session_state[state.TRAIN_FILL] = clone_of(row.name, row.settings)
    st.session_state[state.TRAIN_VIEW] = state.NEW_RUN
    st.session_state[state.RUNS_MOVED] = True


def clone_of(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings for the form: by their names, `from` the run, and under a `name` that is free."""
    return {**settings, "from": name, "name": free_name(name[:60])}


def _key(action: str) -> str:
    return f"{state.RUNS_ACTION}_{action}"
