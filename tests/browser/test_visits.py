"""One visitor after the other in one tab: the next finds nothing of what the one before left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.visits import Visits

FOUND = """() => {
  window.shifted = null;
  addEventListener("mousemove", ({ shiftKey, buttons }) => (window.shifted = [shiftKey, buttons]));
  return [localStorage.length, sessionStorage.length, document.cookie, innerWidth, history.length];
}"""


class Empty(BaseHTTPRequestHandler):
    """An empty page at every address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_next_visitor_finds_the_tab_as_a_new_one(visits: Visits, site: str) -> None:
    page, requests = visits.new_page(), []
    page.on("request", requests.append)
    page.set_viewport_size({"width": 390, "height": 844})
    for number in range(3):
        page.goto(f"{site}/{number}")
    page.evaluate("localStorage.a = sessionStorage.a = 1, document.cookie = 'a=1'")
    assert page.evaluate(FOUND) == [1, 1, "a=1", 390, 4] and len(requests) == 3
    page.keyboard.down("Shift")
    page.mouse.down()
    visits.leave()
    again = visits.new_page()
    again.goto(site)
    assert again is page and len(requests) == 3
    assert again.evaluate(FOUND) == [0, 0, "", 1280, 2]
    again.mouse.move(50, 50)
    assert again.evaluate("shifted") == [False, 0]


def test_a_tab_that_was_changed_for_good_or_cannot_be_emptied_is_left_behind(visits: Visits, site: str) -> None:
    page = visits.new_page()
    page.add_init_script("window.left = 1")
    visits.leave()
    again = visits.new_page()
    assert page.is_closed() and not again.is_closed()
    again.goto(site)
    assert again.evaluate("window.left") is None
    again.context.set_offline(True)  # as where the server is gone: nobody can empty what the tab keeps for it
    visits.leave()
    assert again.is_closed()
