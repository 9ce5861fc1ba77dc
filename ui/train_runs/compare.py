"""The chosen runs beside one another: their curves over each other, settings and scores in a table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import state
from ui.errors import plain
from ui.plotly_figure import plotly_figure
from ui.train_runs.differences import Line, comparability, score_lines, settings_lines
from ui.train_runs.overlay import EPOCH, TIME, TRAINING, VALIDATION, View, linear_parts, overlay, overlay_words
from ui.train_runs.rows import RunRow

HEIGHT = 460  # pixels
NO_EPOCHS = "The curves begin with the first finished epoch."
SMOOTHING_HELP = (
    "How much of the past each value keeps: a running average with exponential weights. The curve itself stays behind "
    "it, faint."
)
SPLIT_HELP = "Validation: images it does not learn from, drawn through. Training: averages while it learns, dotted."


def show_compared(rows: Sequence[RunRow]) -> None:
    """Draws curves, settings and scores of the chosen runs; one alone has them too."""
    for sentence in comparability(rows):
        st.caption(f":material/info: {plain(sentence)}")
    curves, tables = st.columns([0.58, 0.42], gap="large")
    with curves:
        view = _view()
        waiting = "" if any(row.epochs for row in rows) else NO_EPOCHS
        plotly_figure(overlay(rows, view), overlay_words(rows), HEIGHT, state.RUNS_CURVES, waiting)
        linear = linear_parts(rows, view) if view.logarithmic else ()
        if linear:
            st.caption(f"{' and '.join(linear)} reach zero or less, which a logarithm cannot show: their scale stays.")
    with tables:
        _tables(rows)


def _view() -> View:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        keep = {"label_visibility": "collapsed", "persist_state": "session"}
        across = st.segmented_control(
            "Across", [EPOCH, TIME], default=EPOCH, required=True, format_func=_by, key=state.RUNS_ACROSS, **keep
        )
        splits = st.pills(
            "Curves",
            [VALIDATION, TRAINING],
            selection_mode="multi",
            default=[VALIDATION],
            key=state.RUNS_SPLITS,
            help=SPLIT_HELP,
            **keep,
        )
        log = st.toggle("Log scale", key=state.RUNS_LOG, persist_state="session")
        smoothing = st.slider(
            "Smoothing", 0.0, 0.98, 0.0, 0.02, key=state.RUNS_SMOOTHING, help=SMOOTHING_HELP, width=170,
            persist_state="session",
        )  # fmt: skip
    return View(across, tuple(splits) or (VALIDATION,), smoothing, log)


def _by(across: str) -> str:
    return "By epoch" if across == EPOCH else "By time"


def _tables(rows: Sequence[RunRow]) -> None:
    scores = score_lines(rows)
    if scores:
        st.markdown("**Scores**", help="On the test images; the best of each is marked where the runs can be ranked.")
        st.table(line_table(scores, rows), border="horizontal", hide_index=True, alt="Scores of the chosen runs")
    lines = settings_lines(rows)
    differing = [line for line in lines if line.differs]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Settings**", width="content")
        only = len(rows) > 1 and st.toggle(
            f"Only what differs ({len(differing)})", True, key=state.RUNS_ONLY, persist_state="session"
        )
    shown = differing if only else lines
    if not lines:
        st.caption("Not known yet: a run writes them when it has read its images.")
    elif not shown:
        st.caption("All settings are the same.")
    else:
        st.table(line_table(shown, rows), border="horizontal", hide_index=True, alt="Settings of the chosen runs")


def line_table(lines: Sequence[Line], rows: Sequence[RunRow]) -> dict[str, list[str]]:
    """Lines as the columns of a table, Markdown in its cells: what is marked is bold on the accent's ground."""
    columns = {"": [plain(line.name) for line in lines]}
    for place, name in enumerate(column_names(rows)):
        columns[plain(name)] = [_cell(line.texts[place], line.marked[place]) for line in lines]
    return columns


def column_names(rows: Sequence[RunRow]) -> list[str]:
    """A name for each run by which a person knows it; the folder's beside it where two have one title."""
    titles = [row.short_label for row in rows]
    return [row.label if titles.count(row.short_label) > 1 else row.short_label for row in rows]


def _cell(text: str, marked: bool) -> str:
    return f":primary-background[**{plain(text)}**]" if marked else plain(text)
