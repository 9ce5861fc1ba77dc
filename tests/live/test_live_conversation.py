"""One conversation with a client that is played by the test: what is dropped, which lanes are too many."""

from __future__ import annotations

import asyncio
import threading

import pytest

import live.socket
import store
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


def judge(request: int, lane: str = "gauge") -> bytes:
    return request_bytes(request=request, lane=lane, kind=Kind.JUDGE, model="tiny-2d", body=ONE)


def test_a_judgement_is_answered_after_every_picture_that_waits() -> None:
    pictures = [request_bytes(request=n, lane=str(n), model="tiny-2d", body=ONE) for n in range(2, 8)]
    replies = conversation([judge(1), *pictures])
    assert [reply.request for reply in replies] == [2, 3, 4, 5, 6, 7, 1]
    assert replies[-1].kind == Kind.JUDGE


def test_of_judgements_in_one_lane_only_the_newest_is_answered() -> None:
    replies = conversation([judge(1), judge(2), judge(3)])
    assert [(reply.request, reply.kind) for reply in replies] == [(1, Kind.ERROR), (2, Kind.ERROR), (3, Kind.JUDGE)]


def test_judgements_count_among_the_lanes_that_may_wait() -> None:
    pictures = [request_bytes(request=n, lane=str(n), model="tiny-2d", body=ONE) for n in range(MOST_LANES)]
    replies = conversation([*pictures, judge(99)])
    refused = [reply for reply in replies if reply.kind == Kind.ERROR]
    assert [(reply.request, reply.options["reason"]) for reply in refused] == [(99, "too-many-lanes")]


def test_no_picture_waits_while_a_gauge_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gauge is ready only after the last picture was answered: with one writer for both this would not end."""
    pictures_answered, threads, measure = threading.Event(), [], store.usualness
    on_the_loop = threading.current_thread()

    class Played(PlayedSocket):
        async def receive(self) -> dict:
            if len(self._messages) == 3:  # the judgement has been taken in: let it start
                await asyncio.sleep(0.05)
            return await super().receive()

        async def send_bytes(self, data: bytes) -> None:
            await super().send_bytes(data)
            if len(self.sent) == 4:
                pictures_answered.set()

    def slow(model: store.LoadedModel):
        threads.append(threading.current_thread())
        assert pictures_answered.wait(10), "the pictures waited for the gauge"
        return measure(model)

    monkeypatch.setattr(store, "usualness", slow)
    monkeypatch.setattr(store, "usualness_in_memory", lambda model: None)
    monkeypatch.setattr(live.socket, "_PACE", live.socket.Pace())

    async def hold() -> list[Reply]:
        pictures = [request_bytes(request=n, lane=str(n), model="tiny-2d", body=ONE) for n in (2, 3, 4)]
        socket = Played([judge(1), *pictures])
        await Conversation(socket).hold()
        return socket.sent[1:]

    assert [reply.request for reply in asyncio.run(hold())] == [2, 3, 4, 1]
    assert threads and on_the_loop not in threads
