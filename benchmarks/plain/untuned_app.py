"""The same pages and live routes under Streamlit's defaults, without what live/tuning.py does. A peer of app.py.

To be started from a copy of this folder outside the project, whose config.toml then does not apply.
"""

from __future__ import annotations

import streamlit as st

from live.routes import routes

SHOWN_SETTINGS = ("server.fileWatcherType", "runner.postScriptGC")


def shown_settings() -> dict[str, object]:
    """What is in force, for /live/health."""
    return {name: st.get_option(name) for name in SHOWN_SETTINGS}


app = st.App("untuned_pages.py", routes=routes(settings=shown_settings))
