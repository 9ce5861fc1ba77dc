"""The live socket: reads requests as they come, answers the newest of each lane. docs/live-protocol.md describes it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

import store
from live.compute import answer, check_weights, find_gauge, find_model
from live.origin import origin_allowed, other_origins
from live.pace import Pace
from live.protocol import MOST_LANES, PATIENT, BadMessage, Kind, Message, pack_error, pack_hello, unpack

LOG = logging.getLogger(__name__)
Place = tuple[Kind, str]


async def live_socket(websocket: WebSocket) -> None:
    """Serves one connection until the client leaves; a foreign web page is refused before it is accepted."""
    headers = websocket.headers
    if not origin_allowed(headers.get("origin"), headers.get("host"), other_origins()):
        LOG.warning("Refused a live socket: origin %s, host %s", headers.get("origin"), headers.get("host"))
        await websocket.close(1008)
        return
    await websocket.accept()
    await Conversation(websocket).hold()


class Waiting:
    """Requests that wait for one writer."""

    def __init__(self) -> None:
        self.messages: OrderedDict[Place, Message] = OrderedDict()
        self.some = asyncio.Event()
        self.none = asyncio.Event()
        self.none.set()

    def add(self, message: Message) -> Message | None:
        """Lets a request wait; gives back the older one whose place it takes."""
        older = self.messages.get(message.place)
        self.messages[message.place] = message
        self.some.set()
        self.none.clear()
        return older

    def all_answered(self) -> None:
        """Nothing waits, and nothing is computed."""
        self.some.clear()
        self.none.set()


class Conversation:
    """One connection. A reader takes in requests, writers answer them, so that a newer one can overtake.

    Pictures and codes have one writer, judgements another: it starts when no picture waits, and keeps none waiting.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._prompt, self._patient = Waiting(), Waiting()

    async def hold(self) -> None:
        """Runs until the client leaves."""
        prompt = asyncio.create_task(self._write(self._prompt), name="live-writer")
        patient = asyncio.create_task(self._write(self._patient, after=self._prompt), name="live-judge")
        try:
            await self._websocket.send_bytes(pack_hello())
            while True:
                await self._read()
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: the connection closed while something was sent
            pass
        finally:
            for writer in (prompt, patient):
                writer.cancel()
                with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                    await writer

    async def _read(self) -> None:
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1000))
        try:
            data = event.get("bytes")
            if data is None:
                raise BadMessage("text-message", "The message is text; the live socket takes binary messages.")
            older = self._take_in(unpack(data))
        except BadMessage as problem:
            await self._websocket.send_bytes(pack_error(problem))
            return
        if older is not None:
            await self._websocket.send_bytes(pack_error(_superseded(older)))

    def _take_in(self, message: Message) -> Message | None:
        """Lets a request wait; gives back the older one whose place it takes."""
        waiting = self._patient if message.kind in PATIENT else self._prompt
        lanes = len(self._prompt.messages) + len(self._patient.messages)
        if message.place not in waiting.messages and lanes >= MOST_LANES:
            raise BadMessage(
                "too-many-lanes",
                f"Requests of {MOST_LANES} lanes wait already; wait for their replies.",
                message.request,
            )
        return waiting.add(message)

    async def _write(self, waiting: Waiting, after: Waiting | None = None) -> None:
        while True:
            await waiting.some.wait()
            while waiting.messages:
                if after is not None:
                    await after.none.wait()
                _, message = waiting.messages.popitem(last=False)
                await self._websocket.send_bytes(await _reply(message))
                await asyncio.sleep(0)  # the others' turn, and the reader's: a newer request may have come
            waiting.all_answered()


_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
_JUDGES = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-judge")
_PACE = Pace()


async def _reply(message: Message) -> bytes:
    try:
        model = store.model_in_memory(message.model)
        if model is None:
            model = await asyncio.to_thread(find_model, message)
        check_weights(message, model)
        if message.kind == Kind.JUDGE and store.usualness_in_memory(model) is None:
            await asyncio.to_thread(find_gauge, model)
        if _PACE.is_short(message, model):
            return answer(message, model, _PACE)
        thread = _JUDGES if message.kind in PATIENT else _THREAD
        return await asyncio.get_running_loop().run_in_executor(thread, answer, message, model, _PACE)
    except BadMessage as problem:
        problem.request = message.request
        return pack_error(problem)
    except Exception:
        LOG.exception("A %s request for %s failed", message.kind.name.lower(), message.model)
        sentence = f"{message.model} could not answer; the server's log says why."
        return pack_error(BadMessage("failed", sentence, message.request))


def _superseded(older: Message) -> BadMessage:
    return BadMessage("superseded", "A newer request of the same lane took its place.", older.request)
