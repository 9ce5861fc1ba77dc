"""One visitor after the other in one browser context: what was fetched and compiled once stays, all else goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Frame, Page

WINDOW = {"width": 1280, "height": 800}
FOR_GOOD = ("add_init_script", "emulate_media", "expose_binding", "expose_function", "route", "route_web_socket")
HELD = ("Shift", "Alt", "Control", "Meta")


class Tab:
    """A page for one visitor after the other; a page of its own for each takes a second of processor time more.

    A visit that calls one of FOR_GOOD changes it beyond what can be taken back: `is_spoilt`.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.is_spoilt = False
        self.origins: set[str] = set()
        self._heard: list[tuple[str, Callable]] = []
        self._hand = context.new_cdp_session(self.page)
        self.page.on("framenavigated", self._remember)
        self._listen, self.page.on = self.page.on, self._on
        for name in FOR_GOOD:
            setattr(self.page, name, self._spoiling(getattr(self.page, name)))

    def _remember(self, frame: Frame) -> None:
        address = urlsplit(frame.url)
        if frame.parent_frame is None and address.scheme.startswith("http"):
            self.origins.add(f"{address.scheme}://{address.netloc}")

    def _on(self, event: str, handler: Callable) -> None:
        def heard(given: Any) -> None:  # a function of our own: Playwright cannot take away a list's `append`
            handler(given)

        self._heard.append((event, heard))
        self._listen(event, heard)

    def _spoiling(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            self.is_spoilt = True
            return call(*arguments, **options)

        return called

    def forget(self, origins: set[str]) -> None:
        """Empties what pages of these origins stored in the browser."""
        for origin in origins:
            wanted = {"origin": origin, "storageTypes": "local_storage,indexeddb"}
            self._hand.send("Storage.clearDataForOrigin", wanted)

    def leave(self) -> None:
        """Makes a new tab of it: nothing listens, is held or is remembered. Raises Error when the page is broken."""
        for event, handler in self._heard:
            self.page.remove_listener(event, handler)
        self._heard.clear()
        for origin in self.origins:  # only a page of the origin can empty what this tab keeps for it
            self.page.goto(f"{origin}/_stcore/health", timeout=5_000)
            self.page.evaluate("sessionStorage.clear()")
        # it stays at this empty page: the way to the origin's next page is shorter than from a blank one
        self._hand.send("Page.resetNavigationHistory")
        for key in HELD:
            self.page.keyboard.up(key)
        self.page.mouse.up()
        self.page.mouse.move(0, 0)
        self.page.set_viewport_size(WINDOW)
        self.origins.clear()


class Visits:
    """Pages for tests: what one of them stored in the browser, the next does not find.

    A context of its own for each test would fetch and compile megabytes of the page's scripts again and again.
    """

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._tab: Tab | None = None
        self._origins: set[str] = set()

    def new_page(self) -> Page:
        """A page of a visitor who was never here."""
        self._tab = self._tab or Tab(self._context)
        self._tab.forget(self._origins)
        return self._tab.page

    def leave(self) -> None:
        """Closes what is open, and takes back what was allowed."""
        if tab := self._tab:
            self._origins |= tab.origins
            self._tab = tab if self._left(tab) else None
        for page in self._context.pages:
            if self._tab is None or page != self._tab.page:
                with suppress(Error):  # a page that has crashed is closed already
                    page.close()
        self._context.clear_cookies()
        self._context.clear_permissions()
        self._context.set_offline(False)

    def _left(self, tab: Tab) -> bool:
        """Whether the tab is as good as new; one that is not, or whose server is gone, is closed."""
        if tab.is_spoilt or tab.page.is_closed():
            return False
        try:
            tab.leave()
        except Error:
            return False
        return True

    def close(self) -> None:
        """Ends all visits: what the last of them stored goes, too, for a profile outlives the browser."""
        self.new_page()
        self.leave()
