"""Which runs the list shows: those that fit the words typed, the states and the tags chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
    "discarded": "thrown away",
    MODEL: "model",
}
WORDS_HELP = "Words that must all stand in name, title, tags, note, data set or settings, such as `mnist conv β=4`."


def state_words(name: str) -> str:
    """A state for people, such as `under way`."""
    return STATE_WORDS.get(name, name)


@dataclass(frozen=True)
class Filter:
    """What passes: a run with every word, one of the states (any where none is named) and all of the tags."""

    words: str = ""
    states: Collection[str] = ()
    tags: Collection[str] = ()

    def takes(self, row: RunRow) -> bool:
        """Whether the run passes."""
        searched = _searched(row)
        return (
            all(word in searched for word in self.words.lower().split())
            and (not self.states or state_words(row.state) in self.states)
            and set(self.tags) <= set(row.notes.tags)
        )


def asked_filter(rows: Sequence[RunRow]) -> Filter:
    """Draws the filters side by side and gives back what they ask for."""
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
    return Filter(words, states, tags)


def _states(rows: Sequence[RunRow]) -> set[str]:
    return {state_words(row.state) for row in rows}


def _pills(label: str, options: Sequence[str], key: str, there: Collection[str] | None = None) -> list[str]:
    """Pills of the options that are there; none where they would make no difference."""
    kept = [option for option in options if there is None or option in there]
    if not kept or (there is not None and len(kept) < 2):
        return []
    return st.pills(label, kept, selection_mode="multi", key=key, label_visibility="collapsed", persist_state="session")


def _searched(row: RunRow) -> str:
    settings = [f"{name}={value}" for name, value in row.settings.items()]
    short = [f"lr={row.settings.get('learning_rate')}", f"β={row.settings.get('beta')}"] if settings else []
    parts = [row.name, row.notes.title, *row.notes.tags, row.notes.note, state_words(row.state), *settings, *short]
    return " ".join(parts).lower()
