"""The browser of one module after the other: started once, ended before the first module that needs none."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error

from tests.visits import WINDOW, Visits
from tools.browser import open_profile


class OneBrowser:
    """A browser and its visits for whoever asks next; a start of its own for each module takes two seconds more.

    It has to end before a module that runs an event loop: Playwright keeps its own running in this thread.
    """

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._open = ExitStack()
        self._context: BrowserContext | None = None
        self._visits: Visits | None = None

    @property
    def context(self) -> BrowserContext:
        """Headless Chromium with the profile, a new one where it crashed. Raises NoBrowser where there is none."""
        if self._context is None or not _answers(self._context):
            self.end()
            self._context = self._open.enter_context(open_profile(self._profile, viewport=WINDOW))
        return self._context

    @property
    def visits(self) -> Visits:
        """The visits of this browser, whose tab is kept from module to module."""
        context = self.context
        if self._visits is None:
            self._visits = Visits(context)
            self._open.callback(self._visits.close)
        return self._visits

    def close_others(self) -> None:
        """Closes the contexts that a module opened beside the visits and left behind."""
        for other in self._context.browser.contexts if self._context else ():
            if other != self._context:
                with suppress(Error):
                    other.close()

    def end(self) -> None:
        """Ends the browser, if one runs; what its last visit stored goes with it."""
        self._context = self._visits = None
        with suppress(Exception):  # after a test's time limit even the way to the browser may be cut off
            self._open.close()


def _answers(context: BrowserContext) -> bool:
    try:
        context.cookies()
    except Exception:
        return False
    return True
