"""One training run as a Streamlit element."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from ui.component_files import browser_component, live_address
from ui.theme import CLASS_COLOURS

_watch = browser_component(Path(__file__).parent, "export")
Way = Literal["sliders", "runs", "another"]
WAYS = ("sliders", "runs", "another")


def train_watch(run: str, on_leave: Callable[[Way], None], key: str) -> Way | None:
    """Draws the run of that name; gives back where the visitor went in this run of the script.

    on_leave is called with it before the script runs, while the picker of models can still be set. All else is between
    the component and the live routes: the page's script does not run for it.
    """

    def left() -> None:
        way = _way((st.session_state.get(key) or {}).get("go"), run)
        if way is not None:
            on_leave(way)

    data = {"live": live_address(), "run": run, "colours": list(CLASS_COLOURS)}
    return _way(_watch(key=key, data=data, on_go_change=left).get("go"), run)


def _way(gone: Any, run: str) -> Way | None:
    return gone["to"] if gone and gone["name"] == run and gone["to"] in WAYS else None
