"""What can be done with the chosen runs: open, clone, note, and what jobs does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

import jobs
from jobs import RunRefused
from ui import state
from ui.errors import show_problem
from ui.train_form import NumberRule, free_name
from ui.train_runs.bin_view import bin_runs
from ui.train_runs.notes_form import notes_form, tag_all_form
from ui.train_runs.rows import MODEL, RunRow
from ui.train_runs.said import say


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
    if continues(row):
        with st.popover("Continue", icon=":material/resume:", key=_key("continue")):
            _continue_form(row)
    with st.popover("Notes", icon=":material/edit_note:", key=_key("notes")):
        notes_form(row, known_tags)


def continues(row: RunRow) -> bool:
    """Whether the run has ended and left something to go on from."""
    return row.state in ("finished", "stopped", "failed") and row.epoch > 0


def _continue_form(row: RunRow) -> None:
    """Asks for how many epochs in all it shall go on to."""
    least = row.epoch + 1 if row.state == "finished" else max(row.epoch + 1, 2)
    wanted = max(least, row.length if row.state != "finished" else row.epoch + max(10, row.epoch // 2))
    rule = NumberRule("Epochs in all", least, 100_000, wanted)
    key = f"{state.RUNS_MORE}_{row.name}_{row.epoch}"
    with st.form(f"{key}_form", border=False):
        st.caption(f"It has {row.epoch} of {row.length} epochs and goes on exactly where it ended.")
        text = st.text_input("Epochs in all", str(wanted), key=key, autocomplete="off")
        if st.form_submit_button("Continue", type="primary", key=f"{key}_go"):
            _continue(row.name, rule, text)


def _continue(name: str, rule: NumberRule, text: str) -> None:
    problem, epochs = rule.problem(text), rule.read(text)
    if problem is None:
        try:
            jobs.continue_run(name, epochs)
        except RunRefused as refusal:
            problem = str(refusal)
    if problem:
        show_problem("The run was not continued", problem, "It is as it was.")
        return
    say(f"{name} goes on to epoch {epochs}.")
    st.rerun()


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
