"""A script that fails in a way that nobody foresaw: the visitor reads a sentence, the log has the traceback."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tools.running_app import PROJECT, running_app

SCRIPT = """
import streamlit as st
st.write("before")
if st.button("fail later"):
    raise KeyError("secret")
raise ZeroDivisionError("secret")
"""
SERVER = """
import streamlit as st
from app import say_that_it_failed
app = st.App({script!r}, on_script_error=say_that_it_failed)
"""


def test_a_failed_page_shows_a_sentence_and_no_traceback(page: Page, tmp_path: Path) -> None:
    script, server = tmp_path / "broken.py", tmp_path / "server.py"
    script.write_text(SCRIPT)
    server.write_text(SERVER.format(script=str(script)))
    with running_app(server, python_path=PROJECT) as app:
        page.goto(app.url)
        expect(page.get_by_text("This page could not be drawn.")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("before")).to_be_visible()
        text = page.inner_text("body")
        log = app.log.read_text()
    assert "Traceback" not in text and "ZeroDivisionError" not in text and "secret" not in text
    assert "ZeroDivisionError: secret" in log
