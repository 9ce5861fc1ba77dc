"""The figure as a Streamlit element."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import plotly.graph_objects as go

from ui.component_files import browser_component, live_address

_figure = browser_component(Path(__file__).parent)


def plotly_figure(figure: go.Figure, words: str, height: int, key: str, waiting: str = "") -> None:
    """Draws the figure as wide as its container and `height` pixels high, its legend included.

    words: what the figure shows, for those who do not see it. waiting: shown in place of the figure when not empty.
    Traces of one name share one colour and one button, which shows and hides them. What a person zoomed or hid stays
    when the figure comes again under the same key with other data and the same `uirevision`. The theme gives all that
    is no trace its colours and fonts.
    """
    data = {
        "live": live_address(),
        "plotly": version("plotly"),
        "figure": figure.to_json(),
        "words": words,
        "height": height,
        "waiting": waiting,
    }
    _figure(key=key, data=data)
