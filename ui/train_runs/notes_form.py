"""Title, tags and note of one run, and a tag for several."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import store
from store import NotesChanged, NotesError
from store.run_notes import LONGEST_NOTE, LONGEST_TAG, LONGEST_TITLE, MOST_TAGS
from ui import state
from ui.errors import plain, show_problem
from ui.train_runs.rows import RunRow
from ui.train_runs.said import say
from vae_core.checkpoint import CheckpointError

NOT_SAVED = "The notes were not saved"


def notes_form(row: RunRow, known_tags: Sequence[str]) -> None:
    """Draws what is noted about the run, to change; a click on Save keeps it."""
    if row.notes_problem:
        show_problem("The notes cannot be read", row.notes_problem, "The run itself is whole.")
        return
    key = f"{state.RUNS_NOTES}_{row.name}_{row.notes.revision}"  # others' changes are shown, not overwritten
    with st.form(f"{key}_form", border=False):
        title = st.text_input("Title", row.notes.title, key=f"{key}_title", max_chars=LONGEST_TITLE)
        st.caption(f"Shown in place of the name. The folder stays {plain(row.name)}, and so do links to it.")
        tags = st.multiselect(
            "Tags",
            list(dict.fromkeys([*row.notes.tags, *known_tags])),
            list(row.notes.tags),
            key=f"{key}_tags",
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Choose or type",
        )
        note = st.text_area("Note", row.notes.note, key=f"{key}_note", max_chars=LONGEST_NOTE)
        if st.form_submit_button("Save", type="primary", key=f"{key}_save"):
            _save(row, title, tags, note)


def _save(row: RunRow, title: str, tags: Sequence[str], note: str) -> None:
    try:
        store.write_run_notes(row.name, row.notes.revision, title, tags, note)
    except NotesChanged as problem:
        show_problem(NOT_SAVED, str(problem), "Close this and open it again to see theirs.")
    except (NotesError, CheckpointError) as problem:
        show_problem(NOT_SAVED, str(problem), "What was noted before is kept.")
    else:
        say(f"Noted about {row.name}.")
        st.rerun()


def tag_all_form(rows: Sequence[RunRow]) -> None:
    """Draws a field for a tag that all of these runs get."""
    with st.form(f"{state.RUNS_TAG_ALL}_form", border=False):
        tag = st.text_input("Tag for all", key=state.RUNS_TAG_ALL, max_chars=LONGEST_TAG).strip()
        if st.form_submit_button("Add", type="primary", key=f"{state.RUNS_TAG_ALL}_add"):
            _tag_all(rows, tag)


def _tag_all(rows: Sequence[RunRow], tag: str) -> None:
    if not tag:
        show_problem("No tag was added", "The tag is empty; it must be a word or two.", "Type one, such as baseline.")
        return
    try:
        for row in rows:
            notes = row.notes
            store.write_run_notes(row.name, notes.revision, notes.title, [*notes.tags, tag], notes.note)
    except (NotesError, CheckpointError) as problem:
        show_problem("Not every run was tagged", str(problem), "Look at the table, then try again for the others.")
    else:
        say(f"Tagged {len(rows)} runs with {tag}.")
        st.rerun()
