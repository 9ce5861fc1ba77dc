"""The server: Streamlit's pages and, beside them in the same process, the live path. Start: `streamlit run app.py`."""

from __future__ import annotations

import streamlit as st

from live.routes import routes
from live.tuning import tuned

SHOWN_SETTINGS = ("server.fileWatcherType", "runner.postScriptGC", "server.maxMessageSize", "browser.gatherUsageStats")


def shown_settings() -> dict[str, object]:
    """The Streamlit options that the live path depends on, as they are in force; /live/health shows them."""
    return {name: st.get_option(name) for name in SHOWN_SETTINGS}


app = st.App(
    "ui/shell.py",
    routes=routes(st.get_option("server.baseUrlPath"), shown_settings),
    lifespan=tuned,
)
