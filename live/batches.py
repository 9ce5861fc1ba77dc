"""Latents of several people decoded together: what waits for the same model at the same moment is one batch.

A decode of one latent is mostly overhead, so a hundred hands at once cost little more than ten when their latents go
through the network together. Nobody is held up for it: a batch is what has arrived by the next turn of the event loop.
While one is computed, and for four milliseconds from its start, the next gathers: one hand sends no faster than that,
many do, and each of theirs alone would cost four times what it costs among eight.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from live.compute import decode_request, packed_pictures
from live.options import side_of
from live.pace import DECODE, Pace
from live.protocol import Message
from live.small_pictures import shrunk
from store import LoadedModel

LARGEST = 256  # latents in one batch, unless a single request has more
GATHER = 0.004  # seconds from the start of a batch to that of the next of its model
FEW = 8  # a request of more latents is no hand that moves: it waits among its like, not among the hands


Reply = Callable[[np.ndarray, float], bytes]  # of pictures uint8 (count, H, W, C), and the seconds they took


@dataclass(frozen=True)
class Waiting:
    """A request that waits for its batch. latents: float32 (count, D); labels: int64 (count,)."""

    reply: Reply
    latents: np.ndarray
    labels: np.ndarray
    answered: asyncio.Future[bytes]


Queue = tuple[LoadedModel, bool]  # the model, and whether its requests are hands that move


class Batches:
    """The decode requests of all connections, gathered by model and kind of hand. Used on one event loop."""

    def __init__(self, pace: Pace, thread: Executor) -> None:
        self._pace, self._thread = pace, thread
        self._waiting: dict[Queue, list[Waiting]] = {}
        self._computing: set[Queue] = set()  # in the thread; one batch of a queue at a time
        self._started: dict[Queue, float] = {}  # when the last batch started, where that is not long ago
        self._tasks: set[asyncio.Task] = set()

    async def decode(self, message: Message, model: LoadedModel) -> bytes:
        """The packed reply. Raises BadMessage when the body or the class does not fit the model."""
        reply = partial(_packed, message, side_of(message))
        return await self.pictures(model, *decode_request(message, model), reply)

    async def pictures(self, model: LoadedModel, latents: np.ndarray, labels: np.ndarray, reply: Reply) -> bytes:
        """The reply made of the pictures of latents float32 (count, D), under classes int64 (count,)."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(reply, latents, labels, loop.create_future())
        queue = (model, len(latents) <= FEW)
        gathered = self._waiting.setdefault(queue, [])
        gathered.append(waiting)
        if len(gathered) == 1 and queue not in self._computing:
            self._plan(queue)
        return await waiting.answered

    def _plan(self, queue: Queue) -> None:
        """The next batch: now, or when the last one started long enough ago."""
        loop = asyncio.get_running_loop()
        wait = GATHER - (time.monotonic() - self._started.get(queue, -math.inf))
        if wait > 0:
            loop.call_later(wait, self._start, queue)
        else:
            loop.call_soon(self._start, queue)

    def _start(self, queue: Queue) -> None:
        if queue in self._computing:  # its end starts what waits
            return
        batch, model = self._next(queue), queue[0]
        if not batch:
            return
        now = time.monotonic()
        self._started = {each: start for each, start in self._started.items() if now - start < GATHER} | {queue: now}
        if self._pace.is_short(DECODE, sum(len(each.latents) for each in batch), model):
            self._finish(queue, batch, *_decoded(model, batch))
            return
        self._computing.add(queue)
        task = asyncio.get_running_loop().create_task(self._in_thread(queue, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _next(self, queue: Queue) -> list[Waiting]:
        """The requests of the next batch, the oldest first; those whose client has left meanwhile are dropped."""
        gathered = [each for each in self._waiting.pop(queue, []) if not each.answered.done()]
        size = taken = 0
        for each in gathered:
            size += len(each.latents)
            if taken and size > LARGEST:
                break
            taken += 1
        if gathered[taken:]:
            self._waiting[queue] = gathered[taken:]
        return gathered[:taken]

    async def _in_thread(self, queue: Queue, batch: list[Waiting]) -> None:
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._thread, _decoded, queue[0], batch)
        finally:
            self._computing.discard(queue)
        self._finish(queue, batch, *done)

    def _finish(self, queue: Queue, batch: list[Waiting], pictures: np.ndarray | Exception, seconds: float) -> None:
        model, start = queue[0], 0
        for each in batch:
            stop = start + len(each.latents)
            if each.answered.done():  # its client left
                pass
            elif isinstance(pictures, Exception):
                each.answered.set_exception(pictures)
            else:
                each.answered.set_result(each.reply(pictures[start:stop], seconds))
            start = stop
        if not isinstance(pictures, Exception):
            self._pace.took(DECODE, start, model, seconds)
        if self._waiting.get(queue):
            self._plan(queue)


def _packed(message: Message, side: int | None, pictures: np.ndarray, seconds: float) -> bytes:
    return packed_pictures(message, pictures if side is None else shrunk(pictures, side), seconds)


def _decoded(model: LoadedModel, batch: list[Waiting]) -> tuple[np.ndarray | Exception, float]:
    """Pictures uint8 (sum of counts, H, W, C), or what went wrong; and the seconds it took."""
    started = time.perf_counter()
    try:
        if len(batch) == 1:
            pictures = model.decode(batch[0].latents, batch[0].labels)
        else:
            pictures = model.decode(
                np.concatenate([each.latents for each in batch]), np.concatenate([each.labels for each in batch])
            )
    except Exception as problem:  # each request of the batch is answered with it, and logs it
        return problem, time.perf_counter() - started
    return pictures, time.perf_counter() - started
