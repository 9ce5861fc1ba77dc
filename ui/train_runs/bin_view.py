"""The bin of runs: what lies in it, to restore, and emptied after a question."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

import jobs
from jobs import BinnedRun, RunRefused
from ui import state
from ui.errors import plain
from ui.train_runs.said import say

SHOWN = 20


def show_bin() -> None:
    """Draws a button with what lies in the bin behind it; nothing while the bin is empty."""
    binned = jobs.binned_runs()
    if not binned:
        return
    with st.popover(f"Bin ({len(binned)})", icon=":material/delete:", key=state.RUNS_BIN):
        for run in binned[:SHOWN]:
            _line(run)
        if len(binned) > SHOWN:
            st.caption(f"and {len(binned) - SHOWN} older ones")
        _question(binned)


def _line(run: BinnedRun) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        when = time.strftime("%d %b, %H:%M", time.localtime(run.binned))
        st.markdown(f"{plain(run.name)}  \n:small[:gray[{size_text(run.bytes)}, {when}]]", width="stretch")
        key = f"{state.RUNS_BIN}_restore_{run.place}"
        st.button("Restore", key=key, icon=":material/undo:", on_click=_restore, args=(run.place,))


def _question(binned: Sequence[BinnedRun]) -> None:
    """Emptying takes two clicks: what was deleted cannot come back."""
    size = size_text(sum(run.bytes for run in binned))
    sure = st.checkbox(f"Delete all {len(binned)} for good ({size})", key=f"{state.RUNS_BIN}_sure_{len(binned)}")
    st.button("Empty the bin", key=f"{state.RUNS_BIN}_empty", disabled=not sure, on_click=_empty)


def _restore(place: str) -> None:
    try:
        say(f"{jobs.restore_run(place)} is back.")
    except RunRefused as refusal:
        say(str(refusal), refused="The run was not restored")


def _empty() -> None:
    try:
        count = jobs.empty_bin()
    except RunRefused as refusal:
        say(str(refusal), refused="The bin was not emptied")
    else:
        say(f"{count} run{'s are' if count > 1 else ' is'} deleted for good.")


def bin_runs(names: Sequence[str]) -> None:
    """Moves these runs to the bin, in a callback; says which of them stayed, and why."""
    stayed = []
    for name in names:
        try:
            jobs.bin_run(name)
        except RunRefused as refusal:
            stayed.append(str(refusal))
    if stayed:
        say(" ".join(stayed), refused=f"{len(stayed)} of {len(names)} not moved to the bin")
        return
    what = names[0] if len(names) == 1 else f"{len(names)} runs"
    say(f"{what} moved to the bin, from where it can be restored.")


def size_text(size: int) -> str:
    """Bytes in words: `340 kB`, `12.5 MB`."""
    return f"{max(1, round(size / 1e3))} kB" if size < 1e6 else f"{size / 1e6:,.1f} MB"
