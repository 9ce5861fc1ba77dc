"""The queue: which runs wait for their turn, in an order that can be changed. A sweep is one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

import jobs
from jobs import RunRefused
from ui import state
from ui.errors import plain
from ui.train_runs.rows import RunRow
from ui.train_runs.said import say

WAITING = "queued"


@dataclass(frozen=True)
class Entry:
    """A run that waits, or all waiting runs of a sweep under the sweep's name."""

    name: str
    runs: tuple[str, ...]

    @property
    def words(self) -> str:
        """The entry for people, such as `my-sweep: 5 runs`."""
        if self.runs == (self.name,):
            return self.name
        return f"{self.name}: {len(self.runs)} run{'s' if len(self.runs) > 1 else ''}"


def entries(waiting: Sequence[tuple[str, str]]) -> tuple[Entry, ...]:
    """The queue's entries in order. waiting: (name, sweep or "") of each run, the next first."""
    blocks: dict[tuple[str, bool], list[str]] = {}
    for name, sweep in waiting:
        blocks.setdefault((sweep or name, bool(sweep)), []).append(name)
    return tuple(Entry(key, tuple(runs)) for (key, _), runs in blocks.items())


def show_queue(rows: Sequence[RunRow]) -> None:
    """Draws a button with the queue behind it; nothing while no run waits. rows: those that wait in their order."""
    queue = entries([(row.name, row.sweep) for row in rows if row.state == WAITING])
    if not queue:
        return
    count = sum(len(entry.runs) for entry in queue)
    with st.popover(f"Queue ({count})", icon=":material/queue:", key=state.RUNS_QUEUE):
        for place, entry in enumerate(queue):
            _line(place, entry, last=place == len(queue) - 1)


def _line(place: int, entry: Entry, last: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(plain(f"{place + 1}. {entry.words}"), width="stretch")
        moves = (("up", ":material/arrow_upward:", place - 1, place == 0),
                 ("down", ":material/arrow_downward:", place + 1, last))  # fmt: skip
        for word, icon, target, disabled in moves:
            key = f"{state.RUNS_QUEUE}_{word}_{entry.name}"
            on_click = {"on_click": _move, "args": (entry.name, target)}
            st.button("", icon=icon, key=key, help=f"Move {word}", disabled=disabled, **on_click)
        key = f"{state.RUNS_QUEUE}_off_{entry.name}"
        st.button("", icon=":material/close:", key=key, help="Take off the queue", on_click=_take_off, args=(entry,))


def _move(name: str, place: int) -> None:
    try:
        jobs.move_in_queue(name, place)
    except RunRefused as refusal:
        say(str(refusal), refused="The queue stays as it is")


def _take_off(entry: Entry) -> None:
    """What still waits of the entry goes to the bin."""
    try:
        for name in entry.runs:
            jobs.discard_run(name)
    except RunRefused as refusal:
        say(str(refusal), refused="Not all of it was taken off the queue")
    else:
        say(f"{entry.words} taken off the queue; the bin has what was asked for.")
