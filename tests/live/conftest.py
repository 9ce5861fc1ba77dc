"""A really running server of tiny models, and a client of its live socket."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from live.protocol import HEADER, VERSION, Kind
from tests.live.starting import StartClient, live_web, models_to_start_on
from tests.tiny import tiny_checkpoint
from tools.running_app import RunningApp, running_app


@dataclass(frozen=True)
class Reply:
    """A message of the server, taken apart by the test's own code."""

    kind: int
    request: int
    count: int
    options: dict[str, Any]
    body: bytes


def request_bytes(
    kind: int = Kind.DECODE,
    request: int = 1,
    count: int = 1,
    body: bytes = b"",
    version: int = VERSION,
    words: bytes | None = None,
    body_bytes: int | None = None,
    **options: Any,
) -> bytes:
    """A request message; `words` in place of the options' JSON and `body_bytes` in the header make bad ones."""
    text = json.dumps(options).encode() if words is None else words
    text = text.ljust(-(-len(text) // 4) * 4)
    announced = len(body) if body_bytes is None else body_bytes
    return HEADER.pack(version, kind, len(text), request, count, announced) + text + body


def take_apart(data: bytes) -> Reply:
    """A reply from its bytes."""
    version, kind, options_bytes, request, count, body_bytes = HEADER.unpack_from(data)
    body = data[HEADER.size + options_bytes :]
    assert version == VERSION and len(body) == body_bytes
    return Reply(kind, request, count, json.loads(data[HEADER.size : HEADER.size + options_bytes]), body)


class LiveClient:
    """One connection to the live socket; the hello has been read."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.hello = self.receive()

    def send(self, **parts: Any) -> None:
        self.connection.send(request_bytes(**parts))

    def receive(self) -> Reply:
        return take_apart(self.connection.recv(timeout=10))

    def ask(self, **parts: Any) -> Reply:
        self.send(**parts)
        return self.receive()


@contextmanager
def live_client(url: str, **options: Any) -> Iterator[LiveClient]:
    """A connection to the live socket of the server at `url`."""
    with connect(url.replace("http", "ws", 1) + "/live/socket", max_size=None, **options) as connection:
        yield LiveClient(connection)


def wait_until_ready(url: str) -> dict[str, Any]:
    """What /live/health says once the start-up is over."""
    for _ in range(400):
        facts = httpx.get(url + "/live/health").json()
        if facts["state"] == "ready":
            return facts
        time.sleep(0.05)
    raise AssertionError(f"the server at {url} is not ready after 20 s: {facts}")


def latents_bytes(latents: Any) -> bytes:
    """The body of a decode request."""
    return np.asarray(latents, dtype="<f4").tobytes()


def refused_for_its_size(closed: ConnectionClosed) -> bool:
    """Whether the server closed with 1009, or broke off before the rest of the message had left the client."""
    return closed.rcvd is None or closed.rcvd.code == 1009


@pytest.fixture(scope="session")
def live_root(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny checkpoints that tests may change, and "slow", of which a batch takes long."""
    root = tmp_path_factory.mktemp("live") / "checkpoints"
    shutil.copytree(tiny_root, root)
    tiny_checkpoint(
        root,
        "slow",
        network="conv",
        image_shape=(3, 64, 64),
        latent_dim=4,
        hidden=(32, 64, 64),
        count=4,
        evaluation=False,
    )
    return root


@pytest.fixture(scope="session")
def live_server(live_root: Path) -> Iterator[RunningApp]:
    """The app on a free port with the tiny models, ready."""
    with running_app(checkpoints=live_root) as app:
        wait_until_ready(app.url)
        yield app


@pytest.fixture
def client(live_server: RunningApp) -> Iterator[LiveClient]:
    """A fresh connection to the live socket."""
    with live_client(live_server.url) as opened:
        yield opened


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the routes in this process over one small model; a file with other needs has its own."""
    tiny_checkpoint(tmp_path, "tiny", count=20, evaluation=False)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    with live_web() as client:
        yield client


@pytest.fixture(scope="session")
def started(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models of every kind to start on."""
    root = tmp_path_factory.mktemp("starts") / "checkpoints"
    models_to_start_on(tiny_root, root)
    return root


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch, started: Path) -> Iterator[StartClient]:
    """A client of the routes in this process over the models of `started`."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))
    with live_web() as client:
        yield StartClient(client)
