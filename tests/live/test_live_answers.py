"""One vocabulary for what is refused over HTTP, whatever the address."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

import store
from live import answers, exports
from tests.live.starting import refusal

ADDRESSES = {
    "picture": ("GET", "/live/picture/{model}/{weights}/0.png"),
    "sheet": ("GET", "/live/sheet/{model}/{weights}.png?rows=0"),
    "latent": ("GET", "/live/latent/{model}/{weights}?from=prior"),
    "rows": ("GET", "/live/rows/{model}/{weights}"),
    "image": ("POST", "/live/image/{model}/{weights}"),
    "export": ("POST", "/live/export/{model}/{weights}"),
}
WRITES = [name for name, (method, _) in ADDRESSES.items() if method == "POST"]
PNG = b'{"what": "png", "latent": [0, 0]}'


def asked(web: TestClient, name: str, weights: str, model: str = "tiny", **headers: str):
    method, address = ADDRESSES[name]
    body = PNG if method == "POST" else None
    return web.request(method, address.format(model=model, weights=weights), content=body, headers=headers)


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_model_is_unknown_stale_or_broken_alike_everywhere(web: TestClient, tmp_path: Path, name: str) -> None:
    weights = store.model("tiny").weights
    unknown = asked(web, name, weights, model="nobody")
    assert refusal(unknown) == (404, "unknown-model")
    stale = asked(web, name, "0" * 16)
    assert (refusal(stale), stale.json()["weights"]) == ((410, "stale-weights"), weights)
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"damaged")
    broken = asked(web, name, weights)
    assert refusal(broken) == (500, "broken-model")
    assert "model.safetensors" in broken.json()["message"]
    assert {answer.headers["cache-control"] for answer in (unknown, stale, broken)} == {"no-store"}


@pytest.mark.parametrize("name", WRITES)
def test_a_page_of_elsewhere_may_not_write(web: TestClient, name: str) -> None:
    weights = store.model("tiny").weights
    foreign = asked(web, name, weights, Origin="https://elsewhere.example")
    assert refusal(foreign) == (403, "bad-origin")
    assert "https://elsewhere.example" in foreign.json()["message"]
    assert asked(web, name, weights, Origin="http://testserver").status_code != 403


@pytest.mark.parametrize("name", ADDRESSES)
def test_what_nobody_foresaw_is_logged_and_said(
    web: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    weights = store.model("tiny").weights
    monkeypatch.setattr(store, "model", lambda *_: 1 / 0)
    answer = asked(web, name, weights)
    assert refusal(answer) == (500, "failed")
    assert "ZeroDivisionError" in caplog.text


def test_a_body_that_does_not_come_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SLOWEST_BODY", 0.05)

    async def nothing_comes() -> dict:
        await asyncio.sleep(60)

    async def read() -> bytes:
        return await answers.body_of(Request({"type": "http", "headers": []}, nothing_comes), 100)

    with pytest.raises(answers.Refused, match="had not come in") as refused:
        asyncio.run(read())
    assert refused.value.status == 408


def test_who_finds_no_place_for_a_file_is_told_at_once(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, go_on = store.model("tiny").weights, threading.Event()
    make = exports.export_file
    monkeypatch.setattr(exports, "export_file", lambda *given: (go_on.wait(20), make(*given))[1])
    done: list[int] = []
    waiting = [
        threading.Thread(target=lambda: done.append(asked(web, "export", weights).status_code))
        for _ in range(exports.MOST_WAITING)
    ]
    try:
        for thread in waiting:
            thread.start()
        for _ in range(1000):  # until each of them has its place
            if not exports._places._value:
                break
            time.sleep(0.01)
        for _ in range(2):
            busy = asked(web, "export", weights)
            assert refusal(busy) == (503, "busy")
        assert not done
    finally:
        go_on.set()
        for thread in waiting:
            thread.join()
    assert done == [200] * exports.MOST_WAITING
