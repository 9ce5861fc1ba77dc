"""Which runs the list shows: those that fit the words typed, the states and the tags chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from ui import state
from ui.train_runs.rows import MODEL, RunRow

STATE_WORDS = {
    "starting": "starting",
    "running": "under way",
    "paused": "paused",
    "queued": "waiting",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
    MODEL: "model",
}
WORDS_HELP = "Words that must all stand in name, title, tags, note, data set or settings, such as `mnist conv β=4`."


def state_words(name: str) -> str:
    """A state for people, such as `under way`."""
    return STATE_WORDS.get(name, name)


def shown_rows(rows: Sequence[RunRow]) -> tuple[RunRow, ...]:
    """Draws the filters in one row and gives back the runs that pass all of them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        words = st.text_input(
            "Filter",
            key=state.RUNS_FILTER,
            placeholder="Filter: name, tag, data, lr=0.001 …",
            help=WORDS_HELP,
            label_visibility="collapsed",
            icon=":material/search:",
            width=290,
            persist_state="session",
        )
        states = _pills("State", [state_words(each) for each in STATE_WORDS], state.RUNS_STATES, _states(rows))
        tags = _pills("Tags", sorted({tag for row in rows for tag in row.notes.tags}), state.RUNS_TAGS)
    return tuple(row for row in rows if fits(row, words, states, tags))


def _states(rows: Sequence[RunRow]) -> set[str]:
    return {state_words(row.state) for row in rows}


def _pills(label: str, options: Sequence[str], key: str, there: Collection[str] | None = None) -> list[str]:
    """Pills of the options that are there; none where they would make no difference."""
    kept = [option for option in options if there is None or option in there]
    if not kept or (there is not None and len(kept) < 2):
        return []
    return st.pills(label, kept, selection_mode="multi", key=key, label_visibility="collapsed", persist_state="session")


def fits(row: RunRow, words: str, states: Collection[str], tags: Collection[str]) -> bool:
    """Whether the run has every word, one of the states (any where none is named) and all of the tags."""
    searched = _searched(row)
    return (
        all(word in searched for word in words.lower().split())
        and (not states or state_words(row.state) in states)
        and set(tags) <= set(row.notes.tags)
    )


def _searched(row: RunRow) -> str:
    settings = [f"{name}={value}" for name, value in row.settings.items()]
    short = [f"lr={row.settings.get('learning_rate')}", f"β={row.settings.get('beta')}"] if settings else []
    parts = [row.name, row.notes.title, *row.notes.tags, row.notes.note, state_words(row.state), *settings, *short]
    return " ".join(parts).lower()
