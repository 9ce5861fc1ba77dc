"""What the last action on runs came to, said once where the person looks."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.errors import plain, show_problem

CHANGED_NOTHING = "All other runs are as they were."


def say(words: str, refused: str = "") -> None:
    """Keeps a sentence for the next drawing of the list; refused: a title where it is a problem."""
    st.session_state[state.RUNS_SAID] = (words, refused)


def show_said() -> None:
    """Draws the sentence that an action left: a problem stands in the page, anything else comes and goes."""
    words, refused = st.session_state.pop(state.RUNS_SAID, ("", ""))
    if refused:
        show_problem(refused, words, CHANGED_NOTHING)
    elif words:
        st.toast(plain(words))
