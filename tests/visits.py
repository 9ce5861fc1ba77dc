"""One visitor after the other in one browser context: what was fetched and compiled once stays, all else goes."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page

WINDOW = {"width": 1280, "height": 800}


class Visits:
    """Pages for tests: what one of them stored in the browser, the next does not find.

    A context of its own for each test would fetch and compile megabytes of the page's scripts again and again.
    """

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._origins: set[str] = set()

    def new_page(self) -> Page:
        """A page of a visitor who was never here."""
        page = self._context.new_page()
        hand = self._context.new_cdp_session(page)
        for origin in self._origins:
            hand.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"})
        hand.detach()
        return page

    def leave(self) -> None:
        """Closes what is open, and takes back what was allowed."""
        for page in self._context.pages:
            address = urlsplit(page.url)
            if address.scheme.startswith("http"):
                self._origins.add(f"{address.scheme}://{address.netloc}")
            with suppress(Error):  # a page that has crashed is closed already
                page.close()
        self._context.clear_cookies()
        self._context.clear_permissions()
        self._context.set_offline(False)

    def close(self) -> None:
        """Ends all visits: what the last of them stored goes, too, for a profile outlives the browser."""
        self.new_page()
        self.leave()
