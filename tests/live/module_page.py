"""A page of real Chromium on which what the app's ES modules export lies about: for tests that need no component."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tools.running_app import RunningApp

IMPORT = """async (names) => {
  for (const name of names) Object.assign(window, await import(new URL(`./static/${name}.js`, location.href)));
}"""


@contextmanager
def module_page(browser: Browser, server: RunningApp, modules: Sequence[str], facts: str = "") -> Iterator[Page]:
    """The page with every export of modules, named as in live/static/, on `window`; then the script `facts` is run."""
    page = browser.new_page()
    page.goto(f"{server.url}/live/health")
    page.evaluate(IMPORT, list(modules))
    if facts:
        page.evaluate(f"() => {{ {facts} }}")
    yield page
    page.close()
