"""Plotly's script comes from the app itself, small on its way and kept by the browser."""

from __future__ import annotations

from importlib.metadata import version

import httpx

from tools.running_app import RunningApp


def test_the_script_of_the_installed_version_is_kept_for_ever(live_server: RunningApp) -> None:
    reply = httpx.get(f"{live_server.url}/live/plotly.min.js", params={"v": version("plotly")})
    assert reply.headers["content-type"].startswith("text/javascript")
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["content-encoding"] == "gzip"
    assert int(reply.headers["content-length"]) < len(reply.content) / 2
    assert "plotly.js v" in reply.text[:100]


def test_another_version_or_none_is_not_kept(live_server: RunningApp) -> None:
    for parameters in ({}, {"v": "1.0.0"}):
        reply = httpx.get(f"{live_server.url}/live/plotly.min.js", params=parameters)
        assert reply.headers["cache-control"] == "no-cache"


def test_a_client_that_cannot_unpack_gets_it_plain(live_server: RunningApp) -> None:
    reply = httpx.get(f"{live_server.url}/live/plotly.min.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in reply.headers
    assert "plotly.js v" in reply.text[:100]
