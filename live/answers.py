"""JSON answers of the live path's routes, refusals in a sentence, and bodies that are read only so far."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

import store
from live.origin import origin_allowed, other_origins

LOG = logging.getLogger(__name__)
SLOWEST_BODY = 60.0  # seconds until it has come in
READ_ON = 4  # times the limit; a body of more is not read to its end, and its sender may not see the answer
STATUS = {
    "unknown-model": 404, "broken-model": 500, "stale-weights": 410, "foreign-origin": 403, "too-large": 413,
    "too-slow": 408, "bad-parameter": 400, "failed": 500,
    "empty": 400, "unread-format": 415, "no-picture": 415, "too-many-pixels": 413, "damaged": 400,
    "bad-temperature": 400, "bad-seed": 400, "no-label": 400, "bad-label": 400,
    "no-reference": 404, "no-labels": 404, "no-such-label": 404, "no-such-row": 404, "no-density": 404,
    "bad-names": 400, "read-only": 403, "changed-meanwhile": 409, "broken-notes": 500, "notes-busy": 503,
}  # fmt: skip


class Refused(Exception):
    """A request that is answered with a reason (a code of STATUS), a sentence, and more facts."""

    def __init__(self, reason: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.status = STATUS[reason]
        self.content = {"reason": reason, "message": message, **facts}


def json_route(answer: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Response]:
    """A route that computes its JSON in a thread beside the event loop."""

    @wraps(answer)
    def route(request: Request) -> Response:
        return _answered(partial(answer, request))

    return route


def json_body_route(
    most: int, answer: Callable[[Request, bytes], dict[str, Any]], at_once: int = 8
) -> Callable[[Request], Awaitable[Response]]:
    """A route that takes a body of at most so many bytes from a page of ours, then answers in its own one thread.

    at_once: how many bodies may be in memory; further ones wait, and take no thread of other routes meanwhile.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-body")
    slots = asyncio.Semaphore(at_once)

    async def route(request: Request) -> Response:
        try:
            check_origin(request)
            async with slots:
                body = await body_of(request, most)
                computed = partial(_answered, partial(answer, request, body))
                return await asyncio.get_running_loop().run_in_executor(thread, computed)
        except Refused as refused:
            return _refusal(refused)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it

    return route


def check_origin(request: Request) -> None:
    """Raises Refused for a request of a foreign web page, by the rule of the live socket."""
    origin = request.headers.get("origin")
    if not origin_allowed(origin, request.headers.get("host"), other_origins()):
        raise Refused(
            "foreign-origin",
            f"A page of {origin[:100]} may not write here. Open the app itself, or list that origin in "
            "LATENT_EXPLORER_ORIGINS.",
        )


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request; raises Refused when it has more than `most` bytes or takes longer than a minute.

    What is too large is read on without being kept: a browser that is still sending reads no answer.
    """
    content, size = bytearray(), 0
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for part in request.stream():
                size += len(part)
                if size <= most:
                    content += part
                elif size > READ_ON * most:
                    break
    except TimeoutError:
        raise Refused("too-slow", f"The body had not come in after {SLOWEST_BODY:.0f} s. Send a smaller one.") from None
    if size > most:
        raise Refused(
            "too-large", f"The body has more than {most:,} bytes, the most that is taken. Send a smaller one."
        )
    return bytes(content)


def named_model(request: Request) -> store.LoadedModel:
    """The model that the address names, with the weights that it names; raises Refused otherwise."""
    return find_model(request.path_params["model"], request.path_params["weights"])


def find_model(name: str, weights: str | None = None) -> store.LoadedModel:
    """The model, loaded when need be; raises Refused when it is unknown, broken, or has other weights by now."""
    from vae_core.checkpoint import CheckpointError

    try:
        return store.model(name, weights)
    except store.ModelChanged as problem:
        raise Refused("stale-weights", str(problem), weights=problem.weights) from problem
    except CheckpointError as problem:
        raise checkpoint_refused(problem) from problem


def checkpoint_refused(problem: Exception) -> Refused:
    """The refusal that belongs to a vae_core.checkpoint.CheckpointError."""
    from vae_core.checkpoint import BrokenCheckpoint, ForeignCheckpoint, NewerFormat

    broken = isinstance(problem, BrokenCheckpoint | ForeignCheckpoint | NewerFormat)
    return Refused("broken-model" if broken else "unknown-model", str(problem))


def whole_number(request: Request, name: str, default: int | None = None) -> int:
    """A parameter of the address as a whole number; raises Refused when it is none, or missing without a default."""
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.removeprefix("-").isdecimal() or len(text) > 20:
        raise Refused("bad-parameter", f"The parameter {name} is {(text or '')[:30]!r}; it must be a whole number.")
    return int(text)


def _answered(answer: Callable[[], dict[str, Any]]) -> Response:
    try:
        return JSONResponse(answer(), headers={"Cache-Control": "no-store"})
    except Refused as refused:
        return _refusal(refused)
    except Exception:
        LOG.exception("A request of the live path failed")
        return _refusal(Refused("failed", "The server could not answer; its log says why."))


def _refusal(refused: Refused) -> Response:
    return JSONResponse(refused.content, refused.status, headers={"Cache-Control": "no-store"})
