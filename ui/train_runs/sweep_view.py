"""One sweep: how far it is, and a heat map of what came out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import state
from ui.errors import plain
from ui.train_runs.differences import number_text
from ui.train_runs.rows import RunRow
from ui.train_runs.sweeps import Sweep, best_run, heat_map, heat_words, measures, place_words, sweeps_of
from ui.train_runs.table import MOST_CHOSEN

HEIGHT_OF_LINE, LEAST_HEIGHT = 46, 180  # pixels


def chosen_sweep(rows: Sequence[RunRow]) -> Sweep | None:
    """Draws a choice among the sweeps that there are; None where there is none, or none is chosen."""
    sweeps = sweeps_of(rows)
    if not sweeps:
        return None
    if st.session_state.get(state.RUNS_SWEEP) not in sweeps:
        st.session_state.pop(state.RUNS_SWEEP, None)
    name = st.selectbox(
        "Sweep",
        list(sweeps),
        index=None,
        format_func=lambda name: f"{name}: {sweeps[name].ended} of {len(sweeps[name].runs)}",
        placeholder=f"Sweeps ({len(sweeps)})",
        key=state.RUNS_SWEEP,
        label_visibility="collapsed",
        width=220,
        persist_state="session",
    )
    return sweeps.get(name)


def show_sweep(sweep: Sweep) -> None:
    """Draws its progress, the choice of the measure, the heat map and the best run."""
    total = len(sweep.runs)
    done = sum(run.share_done or 0.0 for run in sweep.runs.values()) / total
    st.progress(min(1.0, done), text=plain(f"Sweep {sweep.name}: {sweep.ended} of {total} runs have ended"))
    known = measures(sweep)
    if not known:
        st.caption("The heat map begins with the first finished epoch.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        measure = st.selectbox("Score", known, key=state.RUNS_MEASURE, label_visibility="collapsed", width=260)
        _best(sweep, measure)
        names = [run.name for run in sweep.runs.values()][:MOST_CHOSEN]
        st.button(
            "Compare its runs",
            icon=":material/stacked_line_chart:",
            key=f"{state.RUNS_SWEEP}_compare",
            on_click=_choose,
            args=(names,),
        )
    height = max(LEAST_HEIGHT, HEIGHT_OF_LINE * len(sweep.lines) + 90)
    words = heat_words(sweep, measure)
    key = f"{state.RUNS_SWEEP}_map"
    st.plotly_chart(heat_map(sweep, measure), height=height, key=key, alt=words, config={"displayModeBar": False})


def _best(sweep: Sweep, measure: str) -> None:
    best = best_run(sweep, measure)
    if best is not None:
        figure = number_text(best.scores[measure])
        st.markdown(plain(f"Best: {figure} by {best.name} ({place_words(sweep, best)})"), width="stretch")


def _choose(names: Sequence[str]) -> None:
    st.session_state[state.RUNS_CHOSEN] = list(names)
    st.session_state[state.RUNS_TURN] = st.session_state.get(state.RUNS_TURN, 0) + 1
