"""A page's modules come while Streamlit's own scripts are still being read: the answer with the page names them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from live.early_streamlit import streamlit_scripts

PAGE_MODULES = {
    "": "latent-socket,picture,arrays,connection,component-life",
    "sliders": "latent-socket,picture,live-picture,frame-meter,connection,page-link,image-number,component-life,"
    "sliders/latent-edit,sliders/latent-controls,sliders/dimension-names,browser-store,sliders/gauge,chooser/chooser,"
    "last-places,sliders/shelf,sliders/wipe,sliders/export-menu",
    "map": "component-life,map-panel/panel",
    "morph": "component-life,morph/panel",
    "attributes": "component-life,attributes/panel",
    "generate": "component-life,generate/panel",
    "repair": "component-life,repair/bench",
    "odd": "component-life,odd/panel",
    "train": "component-life,train/panel",
    "anatomy": "component-life,anatomy/panel",
}  # the last part of a page's address: what its component asks of /live/linked.js, in the same words


class EarlyModules:
    """Middleware: answers with a page carry `Link: …; rel=modulepreload`; all others pass unchanged.

    base_path: where the app is served. A browser that does not know the header loads the modules when the component
    asks for them, as without it.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self.app = app
        self.base = f"/{base_path.strip('/')}".rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and marks the answer."""
        link = self.link_of(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if link is None:
            return await self.app(scope, receive, send)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", link)
            await send(message)

        await self.app(scope, receive, marked)

    def link_of(self, path: str) -> str | None:
        """The header's value for a page's path; None for what is no page with a component."""
        if not path.startswith(f"{self.base}/"):
            return None
        modules = PAGE_MODULES.get(path.removeprefix(f"{self.base}/").rstrip("/"))
        if modules is None:
            return None
        # some 2 kB in all: proxies take heads of answers up to 4
        places = [f"live/linked.js?modules={modules}", *streamlit_scripts()]
        return ", ".join(f"<{self.base}/{place}>; rel=modulepreload" for place in places)
