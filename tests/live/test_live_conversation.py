"""One conversation with a client that is played by the test: what is dropped, which lanes are too many."""

from __future__ import annotations

import asyncio

import pytest

from live.protocol import MOST_LANES, Kind
from live.socket import Conversation
from tests.live.conftest import Reply, latents_bytes, request_bytes, take_apart

ONE = latents_bytes([[0, 0]])


class PlayedSocket:
    """Gives the messages as if all had arrived at once, then leaves when as many replies were sent."""

    def __init__(self, messages: list[bytes]) -> None:
        self._messages = messages
        self._wanted = len(messages) + 1  # with the hello
        self._done = asyncio.Event()
        self.sent: list[Reply] = []

    async def receive(self) -> dict:
        if self._messages:
            return {"type": "websocket.receive", "bytes": self._messages.pop(0)}
        await asyncio.wait_for(self._done.wait(), 10)
        return {"type": "websocket.disconnect", "code": 1000}

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(take_apart(data))
        if len(self.sent) >= self._wanted:
            self._done.set()


def conversation(messages: list[bytes]) -> list[Reply]:
    """All replies to the messages, without the hello."""

    async def hold() -> list[Reply]:
        socket = PlayedSocket(messages)
        await Conversation(socket).hold()
        return socket.sent[1:]

    return asyncio.run(hold())


@pytest.fixture(autouse=True)
def tiny_models(monkeypatch: pytest.MonkeyPatch, live_root) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


def test_of_requests_that_wait_in_one_lane_only_the_newest_is_answered() -> None:
    replies = conversation([request_bytes(request=n, lane="a", model="tiny-2d", body=ONE) for n in (1, 2, 3)])
    assert [(reply.request, reply.kind) for reply in replies] == [
        (1, Kind.ERROR),
        (2, Kind.ERROR),
        (3, Kind.DECODE),
    ]
    assert replies[0].options["reason"] == "superseded"


def test_another_lane_and_another_kind_are_left_alone() -> None:
    replies = conversation(
        [
            request_bytes(request=1, lane="a", model="tiny-2d", body=ONE),
            request_bytes(request=2, lane="b", model="tiny-2d", body=ONE),
            request_bytes(request=3, lane="a", kind=Kind.ENCODE, model="tiny-2d", body=bytes(64)),
        ]
    )
    assert {reply.request: reply.kind for reply in replies} == {1: Kind.DECODE, 2: Kind.DECODE, 3: Kind.ENCODE}


def test_more_lanes_than_may_wait_are_refused() -> None:
    lanes = range(MOST_LANES + 3)
    replies = conversation([request_bytes(request=n, lane=str(n), model="tiny-2d", body=ONE) for n in lanes])
    refused = [reply for reply in replies if reply.kind == Kind.ERROR]
    assert {reply.options["reason"] for reply in refused} == {"too-many-lanes"}
    assert len(refused) == 3
