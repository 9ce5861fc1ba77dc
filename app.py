"""The server: Streamlit's pages and, beside them in the same process, the live path. Start: `streamlit run app.py`."""

from __future__ import annotations

import logging

import streamlit as st
from starlette.middleware import Middleware

from live.early_modules import EarlyModules
from live.routes import routes
from live.tuning import tuned

LOG = logging.getLogger(__name__)
SHOWN_SETTINGS = ("server.fileWatcherType", "runner.postScriptGC", "server.maxMessageSize", "browser.gatherUsageStats")


def shown_settings() -> dict[str, object]:
    """The Streamlit options that the live path depends on, as they are in force; /live/health shows them."""
    return {name: st.get_option(name) for name in SHOWN_SETTINGS}


def say_that_it_failed(error: Exception) -> bool:
    """Shows a sentence in place of a traceback when a script fails in a way that nobody foresaw; the log has it all."""
    LOG.error("A page failed", exc_info=error)
    st.error(
        "**This page could not be drawn.**  \nSomething went wrong that nobody foresaw; the server's log says what.  \n"
        "Reload the page, or choose another model or page. Nothing that was saved is lost.",
        icon=":material/error:",
    )
    return True


app = st.App(
    "ui/shell.py",
    routes=routes(st.get_option("server.baseUrlPath"), shown_settings),
    lifespan=tuned,
    middleware=[Middleware(EarlyModules, base_path=st.get_option("server.baseUrlPath"))],
    on_script_error=say_that_it_failed,
)
