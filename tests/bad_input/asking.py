"""What the tests of bad input ask of the server."""

from __future__ import annotations

import time

import httpx

from tools.running_app import RunningApp


def weights_of(server: RunningApp) -> str:
    stale = httpx.get(f"{server.url}/live/rows/tiny-2d/{'0' * 16}")
    return stale.json()["weights"]


def sent(server: RunningApp, body: bytes, weights: str | None = None, **headers: str) -> httpx.Response:
    """What the server answers to a picture for tiny-2d."""
    weights = weights or weights_of(server)
    return httpx.post(f"{server.url}/live/image/tiny-2d/{weights}", content=body, headers=headers, timeout=30)


def post(server: RunningApp, room: str, name: str = "tiny-2d", place: str = "", **content) -> httpx.Response:
    """What the server answers to JSON for a model, with its present weights, at a place below them."""
    weights = httpx.get(f"{server.url}/live/sources/{name}/{'0' * 16}").json().get("weights", "0" * 16)
    return httpx.post(f"{server.url}/live/{room}/{name}/{weights}{place}", json=content, timeout=60)


def finished_map(server: RunningApp, name: str = "tiny-2d", **content) -> dict:
    """A map when its job is over."""
    for _ in range(1200):
        facts = post(server, "map", name, **content).json()
        if facts["state"] not in ("queued", "running"):
            return facts
        time.sleep(0.1)
    raise AssertionError(f"no map after two minutes: {facts}")
