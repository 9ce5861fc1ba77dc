"""Plotly's script for browsers, out of the installed Python package: nothing comes from a CDN."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

FOR_EVER = "public, max-age=31536000, immutable"


def plotly_route(request: Request) -> Response:
    """GET /live/plotly.min.js?v=: kept by browsers for ever when `v` is the version of the installed package."""
    known = request.query_params.get("v") == version("plotly")
    headers = {"Cache-Control": FOR_EVER if known else "no-cache", "Vary": "Accept-Encoding"}
    content = _script()
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = _compressed()
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


def _script() -> bytes:
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


@cache
def _compressed() -> bytes:
    # Once, in the thread of a route: Streamlit's own compression would do it for each visitor, on the event loop.
    return gzip.compress(_script(), compresslevel=6, mtime=0)
