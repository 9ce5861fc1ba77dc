"""What a page will need, named in the answer that brings the page: the browser fetches it while Streamlit still starts.

The modules of a component import one another, and without this each round of imports waits for the one before it. The
names go into the head of the page's HTML as `<link rel="modulepreload">` (HTML Living Standard, "Link type
modulepreload"); not as a header, which proxies take only up to a few thousand bytes.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from live.early_streamlit import streamlit_scripts
from live.static_files import StaticFile, static_file

LIFE = "component-life"
# page -> the modules that its component opens (ui/*/component.js); tests/live/test_live_early.py compares them
OPENED = {
    "": ("latent-socket", "picture", "arrays", "connection", LIFE),
    "gallery": ("latent-socket", "picture", "arrays", "connection", LIFE),
    "sliders": (
        *("latent-socket", "picture", "frame-meter", "connection", "page-link", "image-number", LIFE),
        *("sliders/latent-edit", "sliders/latent-controls", "sliders/dimension-names", "browser-store"),
        *("sliders/gauge", "chooser/chooser", "sliders/shelf", "sliders/wipe", "sliders/export-menu"),
    ),
    "map": (LIFE, "map-panel/panel"),
    "morph": (LIFE, "morph/panel"),
    "attributes": (LIFE, "attributes/panel"),
    "generate": (LIFE, "generate/panel"),
    "repair": (LIFE, "repair/bench"),
    "odd": (LIFE, "odd/panel"),
    "train": (LIFE, "train/panel"),
    "anatomy": (LIFE, "anatomy/panel"),
}
# "not modified" would bring the links of an earlier version back, and what is packed cannot be added to
UNASKED = (b"if-none-match", b"if-modified-since", b"accept-encoding")
ONLY_WITH = {"train": "run"}  # a page that has its component only where its address has this parameter
IMPORTED = re.compile(rb'^(?:import|export)\b[^;"]*?"(\.{1,2}/[^"]+\.js)"', re.MULTILINE)


class EarlyModules:
    """ASGI middleware: names in a page's HTML all modules of its component. `base`: as server.baseUrlPath."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = f"/{base.strip('/')}" if base.strip("/") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on; only the head of a page's HTML is changed."""
        links = self._links(scope) if scope["type"] == "http" and scope["method"] == "GET" else b""
        if not links:
            return await self._app(scope, receive, send)
        kept = [pair for pair in scope["headers"] if pair[0] not in UNASKED]
        await self._app({**scope, "headers": kept}, receive, HeadWriter(send, links))

    def _links(self, scope: Scope) -> bytes:
        """What goes into the head of the page that is asked for; nothing where its component will not be there."""
        if not scope["path"].startswith(f"{self._base}/"):
            return b""
        page = scope["path"].removeprefix(f"{self._base}/").rstrip("/")
        given = parse_qs(scope["query_string"].decode("latin-1"))
        if page not in OPENED or (page in ONLY_WITH and ONLY_WITH[page] not in given):
            return b""
        names = [*streamlit_scripts(), *(f"live/static/{name}" for name in modules_of(page))]
        places = (f"{self._base}/{name}" for name in names)
        return "".join(f'<link rel="modulepreload" href="{place}">' for place in places).encode()


class HeadWriter:
    """Sends an answer on; where it is a whole document of HTML, with `links` before the end of its head."""

    def __init__(self, send: Send, links: bytes) -> None:
        self._send, self._links = send, links
        self._start: Message | None = None  # held back until the length is known
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Takes the messages of one answer."""
        if message["type"] == "http.response.start" and _is_document(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_whole()

    async def _send_whole(self) -> None:
        body = self._body.replace(b"</head>", self._links + b"</head>", 1)
        headers = MutableHeaders(scope=self._start)
        headers["content-length"] = str(len(body))
        del headers["etag"]
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def _is_document(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    plain = headers.get("content-encoding", "identity") == "identity"
    return start["status"] == 200 and plain and headers.get("content-type", "").startswith("text/html")


def modules_of(page: str) -> list[str]:
    """The files below live/static that the page's component opens, and all that these import, nearest first."""
    found = dict.fromkeys(f"{name}.js" for name in OPENED[page])
    for name in (waiting := list(found)):
        new = [other for other in _imports(name) if other not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


def _imports(name: str) -> tuple[str, ...]:
    """What a module imports before it runs, as paths below live/static."""
    file = static_file(name)
    return () if file is None else _imports_of(name, file)


@lru_cache(maxsize=512)
def _imports_of(name: str, file: StaticFile) -> tuple[str, ...]:
    found = IMPORTED.findall(file.content)
    return tuple(posixpath.normpath(posixpath.join(posixpath.dirname(name), each.decode())) for each in found)
