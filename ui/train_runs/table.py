"""The table of runs, and which of them are chosen in it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui import state
from ui.theme import CLASS_COLOURS
from ui.train_runs.differences import setting_text
from ui.train_runs.filters import STATE_WORDS, state_words
from ui.train_runs.rows import RunRow
from ui.train_runs.said import say

MOST_CHOSEN = len(CLASS_COLOURS)  # a colour for each
HEIGHT = 248  # pixels: the head and six runs
SPARK_POINTS = 40
GREY, GREEN, BLUE, ORANGE, RED, VIOLET = "gray", "green", "blue", "orange", "red", "violet"
STATE_COLOURS = {
    "starting": BLUE,
    "running": BLUE,
    "paused": ORANGE,
    "queued": VIOLET,
    "finished": GREEN,
    "stopped": ORANGE,
    "failed": RED,
}


def choose_in_table(rows: Sequence[RunRow], chosen: Sequence[str]) -> None:
    """Draws the table; a click beside a row chooses the run, or lets it go.

    The table knows rows by their place only: its key carries the runs in their order, so that another run in the same
    place is never taken for the one that was chosen.
    """
    names = [row.name for row in rows]
    turn = st.session_state.get(state.RUNS_TURN, 0)
    key = f"{state.RUNS_TABLE}_{zlib.crc32(' '.join(names).encode()):08x}_{turn}"
    st.dataframe(
        table(rows),
        column_config=_columns(),
        key=key,
        height=min(HEIGHT, 36 + 35 * max(1, len(rows)) + 2),
        hide_index=True,
        placeholder="–",
        on_select=lambda: _take(key, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in chosen if name in names]}},
        alt="Training runs and models, with their settings and scores",
    )


def _take(key: str, names: Sequence[str]) -> None:
    """Makes what is selected in the table the choice; what the filter hides stays chosen."""
    selected = [names[row] for row in st.session_state[key]["selection"]["rows"] if row < len(names)]
    before = st.session_state.get(state.RUNS_CHOSEN) or []
    kept = [name for name in before if name in selected or name not in names]
    chosen = kept + [name for name in selected if name not in kept]
    if len(chosen) > MOST_CHOSEN:
        st.session_state[state.RUNS_TURN] = st.session_state.get(state.RUNS_TURN, 0) + 1  # the table shows what stays
        say(f"{len(chosen)} runs were chosen; {MOST_CHOSEN} can be told apart by colour, and those stay.")
    st.session_state[state.RUNS_CHOSEN] = chosen[:MOST_CHOSEN]


def table(rows: Sequence[RunRow]) -> dict[str, list[Any]]:
    """The columns of the table, a list with one value for each run."""
    return {
        "run": [row.short_label for row in rows],
        "state": [[state_words(row.state)] for row in rows],
        "progress": [row.share_done for row in rows],
        "epochs": [f"{row.epoch} / {row.length}" if row.length else "" for row in rows],
        "curve": [spark(row) for row in rows],
        **{label: _floats([row.scores.get(label) for row in rows]) for label in TABLE_SCORES},
        "tags": [list(row.notes.tags) for row in rows],
        **{name: [_setting(row, name) for row in rows] for name in TABLE_SETTINGS},
        "created": [row.created for row in rows],
        "note": [row.notes.note.replace("\n", " ") for row in rows],
        "folder": [row.name for row in rows],
    }


TABLE_SCORES = ("−ELBO", "Reconstruction", "KL", "Active dimensions", "Best validation loss", "Training time, s")
TABLE_SETTINGS = {
    "data": "Data",
    "latent_dim": "Dims",
    "network": "Network",
    "likelihood": "Likelihood",
    "objective": "Objective",
    "beta": "β",
    "learning_rate": "Learning rate",
    "batch_size": "Batch size",
    "seed": "Seed",
}
NUMBERS = ("latent_dim", "beta", "learning_rate", "batch_size", "seed")


def spark(row: RunRow) -> list[float]:
    """The validation loss of the run in at most 40 points, without its steep start."""
    values = [line["validation_loss"] for line in row.epochs if isinstance(line.get("validation_loss"), int | float)]
    values = values[len(values) // 20 :]
    step = max(1, len(values) // SPARK_POINTS)
    return [round(value, 3) for value in values[::step]]


def _floats(values: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _setting(row: RunRow, name: str) -> Any:
    value = row.settings.get(name)
    if name in NUMBERS:
        return value
    return "" if value is None else setting_text(value)


def _columns() -> dict[str, Any]:
    make = st.column_config
    scores = {
        "−ELBO": ("−ELBO", 70, "Bound on −log p(x) over the test images, nats per image; less is better.", "%.1f"),
        "Reconstruction": ("Reconstr.", 80, "How well images come back, nats per image.", "%.1f"),
        "KL": ("KL", 60, "What the latents cost, nats per image.", "%.2f"),
        "Active dimensions": ("Active", 65, "Latent dimensions whose mean moves with the image.", "%d"),
        "Best validation loss": ("Best loss", 85, "Reached on images that it did not learn from.", "%.2f"),
        "Training time, s": ("Time, s", 70, "Validation included.", "%.0f"),
    }
    return {
        "run": make.TextColumn("Run", pinned=True, width=170),
        "state": make.MultiselectColumn(
            "State",
            options=list(STATE_WORDS.values()),
            color=[STATE_COLOURS.get(each, GREY) for each in STATE_WORDS],
            width=95,
        ),
        "progress": make.ProgressColumn("Progress", format="percent", min_value=0, max_value=1, width=105),
        "epochs": make.TextColumn("Epochs", width=80),
        "curve": make.LineChartColumn("Validation loss", help="Over the epochs, steep start left out.", width=120),
        **{
            label: make.NumberColumn(short, help=f"{label}. {words}", format=form, width=width)
            for label, (short, width, words, form) in scores.items()
        },
        "tags": make.ListColumn("Tags"),
        **{
            name: make.NumberColumn(label) if name in NUMBERS else make.TextColumn(label)
            for name, label in TABLE_SETTINGS.items()
        },
        "created": make.TextColumn("Created"),
        "note": make.TextColumn("Note", width="medium"),
        "folder": make.TextColumn("Folder", help="The name on the disk and in addresses; a title does not change it."),
    }
