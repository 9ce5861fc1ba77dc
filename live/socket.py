"""The live socket: reads requests as they come, answers the newest of each lane. docs/live-protocol.md describes it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

import store
from live.batches import FEW, Batches
from live.compute import answer, check_weights, find_epoch, find_gauge, find_model
from live.options import epoch_of
from live.origin import origin_allowed, other_origins
from live.pace import Pace, work_of
from live.places import labels_of, latents_at, map_of, needs_inverse, reply_to
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


class Conversation:
    """One connection. A reader takes in requests; each lane is answered by a task of its own, the newest first of all.

    So a newer request overtakes an older one of its lane, and a long batch in one lane holds up no hand in another.
    A judgement lets pictures and codes of its connection go first, for a quarter of a second at most, and none waits
    for it: it has a thread of its own.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._waiting: OrderedDict[Place, Message] = OrderedDict()
        self._lanes: dict[Place, asyncio.Task] = {}
        self._sending = asyncio.Lock()
        self._undisturbed = asyncio.Event()  # nothing but judgements waits or is computed
        self._undisturbed.set()

    async def hold(self) -> None:
        """Runs until the client leaves."""
        try:
            await self._send(pack_hello())
            while True:
                await self._read()
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: the connection closed while something was sent
            pass
        finally:
            lanes = list(self._lanes.values())
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

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
            await self._send(pack_error(problem))
            return
        if older is not None:
            await self._send(pack_error(_superseded(older)))

    async def _send(self, data: bytes) -> None:
        async with self._sending:
            await self._websocket.send_bytes(data)

    def _take_in(self, message: Message) -> Message | None:
        """Lets a request wait; gives back the older one whose place it takes."""
        if message.place not in self._waiting and len(self._waiting) >= MOST_LANES:
            raise BadMessage(
                "too-many-lanes",
                f"Requests of {MOST_LANES} lanes wait already; wait for their replies.",
                message.request,
            )
        older = self._waiting.get(message.place)
        self._waiting[message.place] = message
        if message.kind not in PATIENT:
            self._undisturbed.clear()
        if message.place not in self._lanes:
            self._lanes[message.place] = asyncio.create_task(self._answer(message.place), name="live-lane")
        return older

    async def _answer(self, place: Place) -> None:
        """Answers what waits in one lane until nothing does."""
        try:
            while place in self._waiting:
                if place[0] in PATIENT:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._undisturbed.wait(), LONGEST_PATIENCE)
                await self._send(await _reply(self._waiting.pop(place)))
                await asyncio.sleep(0)  # the reader's turn: a newer request may have come
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client has left; the reader ends the conversation
        finally:
            self._lanes.pop(place, None)
            if all(kind in PATIENT for kind, _ in self._lanes):
                self._undisturbed.set()


LONGEST_PATIENCE = 0.25  # seconds that a judgement lets pictures go first, however many come
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
_JUDGES = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-judge")
_PACE = Pace()
_BATCHES = Batches(_PACE, _THREAD)


async def _reply(message: Message) -> bytes:
    try:
        model = await _model_of(message)
        if message.kind == Kind.DECODE:
            return await _BATCHES.decode(message, model)
        if message.kind == Kind.PLACE:
            return await _placed(message, model)
        if message.kind in (Kind.FIT, Kind.REPAIR):  # up to some 50 ms, by the picture: never on the loop
            return await asyncio.to_thread(answer, message, model, _PACE)
        if message.kind == Kind.JUDGE and store.usualness_in_memory(model) is None:
            await asyncio.to_thread(find_gauge, model)
        if _PACE.is_short(work_of(message), message.count, model):
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


async def _model_of(message: Message) -> store.LoadedModel | store.EpochModel:
    epoch = epoch_of(message)
    if epoch is not None:
        return store.epoch_in_memory(message.model, epoch) or await asyncio.to_thread(find_epoch, message, epoch)
    model = store.model_in_memory(message.model)
    if model is None:
        model = await asyncio.to_thread(find_model, message)
    return check_weights(message, model)


async def _placed(message: Message, model: store.LoadedModel) -> bytes:
    wanted = message.options.get("map")
    if isinstance(wanted, str) and store.map_in_memory(wanted) is None:
        await asyncio.to_thread(store.find_map, wanted)
    found = map_of(message, model)
    if needs_inverse(found):
        await asyncio.to_thread(store.inverse_of, found)
    if message.count <= FEW:  # a search among 70,000 points takes 0.1 ms
        placed = latents_at(message, found)
    else:
        placed = await asyncio.get_running_loop().run_in_executor(_THREAD, latents_at, message, found)
    labels = labels_of(message, model)
    return await _BATCHES.pictures(model, placed.latents, labels, reply_to(message, model, placed))


def _superseded(older: Message) -> BadMessage:
    return BadMessage("superseded", "A newer request of the same lane took its place.", older.request)
