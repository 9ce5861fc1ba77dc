"""The second view of the train page: all runs, and the chosen ones compared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import state
from ui.errors import plain, quoted
from ui.train_runs.actions import show_actions
from ui.train_runs.bin_view import show_bin
from ui.train_runs.compare import show_compared
from ui.train_runs.filters import Filter, asked_filter
from ui.train_runs.queue_view import show_queue
from ui.train_runs.rows import RunRow, run_rows
from ui.train_runs.said import show_said
from ui.train_runs.sweep_view import chosen_sweep, show_sweep
from ui.train_runs.table import MOST_CHOSEN, choose_in_table

EVERY_SECONDS = 2.0
CHOSEN_WIDTH = 440  # pixels: beside six buttons at 1280; on a phone a line of its own, in which names are legible
FIRST = "Tick one run to see it, several to compare."
NONE_YET = "No run and no model yet. Start one: the bundled digits take less than a minute."


def shows_runs() -> bool:
    """Whether the page shows the list, as far as the switch and the address say, or an action that leads to it."""
    go = st.session_state.pop(state.RUNS_GO, None)
    if go:
        st.session_state[state.TRAIN_VIEW] = go  # before the switch is drawn
    return (st.session_state.get(state.TRAIN_VIEW) or st.query_params.get(state.TRAIN_VIEW)) == state.RUNS


def view_switch() -> str:
    """Draws the switch between the form and the list, and gives back which is chosen."""
    return st.segmented_control(
        "View",
        [state.NEW_RUN, state.RUNS],
        default=state.NEW_RUN,
        required=True,
        key=state.TRAIN_VIEW,
        bind="query-params",
        label_visibility="collapsed",
    )


def show_runs() -> None:
    """Draws all runs; while one of them is under way the list is brought up to date every two seconds."""
    every = EVERY_SECONDS if _changing(run_rows()) else None
    st.fragment(_draw, run_every=every, key="runs_view")(every is not None)


def _draw(polled: bool) -> None:
    rows = run_rows()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = view_switch()
        wanted = asked_filter(rows)
        sweep = chosen_sweep(rows)
        show_queue(rows)
        show_bin()
    moved = st.session_state.pop(state.RUNS_MOVED, False)
    if moved or view != state.RUNS or polled != _changing(rows):
        st.rerun()  # the whole page: it shows something else now, or polling begins or ends
    show_said()
    if not rows:
        st.info(NONE_YET, icon=":material/info:")
        return
    if sweep is not None:
        show_sweep(sweep)
    _table([row for row in rows if sweep is None or row.sweep == sweep.name], wanted)
    _show_chosen(rows)


def _changing(rows: Sequence[RunRow]) -> bool:
    """Whether some run is under way, or will be when its turn comes."""
    return any(row.alive or row.state == "queued" for row in rows)


def _table(rows: Sequence[RunRow], wanted: Filter) -> None:
    chosen = _chosen_names(rows)
    shown = [row for row in rows if wanted.takes(row)]
    if shown:
        choose_in_table(shown, chosen)
    else:
        st.caption("No run fits the filter.")


def _chosen_names(rows: Sequence[RunRow]) -> list[str]:
    """The names that are chosen, as far as there are such runs; those of an earlier visit to the page come back."""
    names = {row.name for row in rows}
    if state.RUNS_CHOSEN not in st.session_state and state.RUNS_CHOSEN not in st.query_params:
        st.session_state[state.RUNS_CHOSEN] = [
            name for name in st.session_state.get(state.RUNS_KEPT, []) if name in names
        ]
    asked = st.session_state.get(state.RUNS_CHOSEN) or st.query_params.get_all(state.RUNS_CHOSEN)
    gone = [name for name in asked if name not in names]
    if gone:
        st.caption(f"There is no run {plain(', '.join(map(quoted, gone[:3])))} any more; it is left out.")
    if gone and state.RUNS_CHOSEN in st.session_state:
        st.session_state[state.RUNS_CHOSEN] = [name for name in asked if name in names]
    return [name for name in asked if name in names][:MOST_CHOSEN]


def _show_chosen(rows: Sequence[RunRow]) -> None:
    by_name = {row.name: row for row in rows}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = st.multiselect(
            "Chosen runs",
            list(by_name),
            key=state.RUNS_CHOSEN,
            bind="query-params",
            max_selections=MOST_CHOSEN,
            placeholder=FIRST,
            label_visibility="collapsed",
            width=CHOSEN_WIDTH,
            on_change=_turn,
        )
        chosen = [by_name[name] for name in names]
        if chosen:
            show_actions(chosen, rows)
    st.session_state[state.RUNS_KEPT] = names
    if chosen:
        show_compared(chosen)


def _turn() -> None:
    """The choice was changed beside the table: the table is drawn anew, with what is chosen now."""
    st.session_state[state.RUNS_TURN] = st.session_state.get(state.RUNS_TURN, 0) + 1
