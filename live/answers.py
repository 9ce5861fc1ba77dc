"""What a request over HTTP gets: its answer, or a status, a code for programs and a sentence for people.

A model that is not there is 404: ask for another. One whose files are damaged is 500, as all that only who runs the
server can mend: nothing in the request is wrong, and the same request is served once the files are whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

import store
from live.origin import origin_allowed, other_origins

LOG = logging.getLogger(__name__)
SLOWEST_BODY = 60.0  # seconds until it has come in
READ_ON = 4  # times the limit; a body of more is not read to its end, and its sender may not see the answer
STATUS = {
    "unknown-model": 404, "broken-model": 500, "stale-weights": 410, "bad-origin": 403, "failed": 500,
    "too-large": 413, "too-slow": 408, "bad-parameter": 400,
    "empty": 400, "unread-format": 415, "no-picture": 415, "too-many-pixels": 413, "damaged": 400,
    "bad-temperature": 400, "bad-seed": 400, "no-label": 400, "bad-label": 400,
    "no-reference": 404, "no-labels": 404, "no-such-label": 404, "no-such-row": 404, "no-density": 404,
    "no-such-picture": 404, "no-such-source": 404, "unfit-source": 400, "not-encoded": 409, "not-placed": 409,
    "no-such-figure": 404, "no-such-map": 404, "no-such-column": 404, "no-such-file": 404,
    "no-such-run": 404, "no-such-epoch": 404, "bad-order": 400,
    "bad-map": 400, "bad-groups": 400, "bad-directions": 400, "no-such-group": 404, "too-few-rows": 400,
    "bad-names": 400, "read-only": 403, "uploads-off": 403, "changed-meanwhile": 409,
    "broken-notes": 500, "notes-busy": 503,
    "bad-request": 400, "bad-shape": 400, "not-finite": 400, "out-of-range": 400, "file-too-large": 400, "busy": 503,
}  # fmt: skip
Content = Response | dict[str, Any]  # a dict becomes JSON


class Refused(Exception):
    """A request that is answered with a reason (a code of STATUS), a sentence, and more facts."""

    def __init__(self, reason: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = STATUS[reason]
        self.content = {"reason": reason, "message": message, **facts}

    def response(self) -> Response:
        """The JSON {"reason", "message"} and the other facts, with the status."""
        return _json(self.content, self.status)


def route(answer: Callable[[Request], Content]) -> Callable[[Request], Response]:
    """A route that computes its answer in a thread beside the event loop."""

    @wraps(answer)
    def answered(request: Request) -> Response:
        return _answered(partial(answer, request))

    return answered


def body_route(
    most: int, answer: Callable[[Request, bytes], Content], *, at_once: int = 8, threads: int = 1
) -> Callable[[Request], Awaitable[Response]]:
    """A route that takes a body of at most so many bytes from a page of ours, then answers in threads of its own.

    at_once: how many bodies may be in memory; further ones wait, and take no thread of other routes meanwhile.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="live-body")
    slots = asyncio.Semaphore(at_once)

    async def answered(request: Request) -> Response:
        try:
            check_origin(request)
            async with slots:
                body = await body_of(request, most)
                computed = partial(_answered, partial(answer, request, body))
                return await asyncio.get_running_loop().run_in_executor(pool, computed)
        except Refused as refused:
            return refused.response()
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it

    return answered


def check_origin(request: Request) -> None:
    """Raises Refused for a request of a foreign web page, by the rule of the live socket."""
    origin = request.headers.get("origin")
    if not origin_allowed(origin, request.headers.get("host"), other_origins()):
        raise Refused(
            "bad-origin",
            f"A page of {origin[:100]} asked; this address serves the app's own pages. Open the app itself, or list "
            "that origin in LATENT_EXPLORER_ORIGINS.",
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
    """The model of the address with exactly these weights, loaded when need be: may take a second.

    Raises Refused when it is unknown, broken, or has other weights by now.
    """
    from vae_core.checkpoint import CheckpointError

    try:
        return store.model(request.path_params["model"], request.path_params["weights"])
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


def _answered(answer: Callable[[], Content]) -> Response:
    try:
        content = answer()
        return content if isinstance(content, Response) else _json(content)
    except Refused as refused:
        return refused.response()
    except Exception:
        LOG.exception("A request of the live path failed")
        return Refused("failed", "The server could not answer; its log says why.").response()


def _json(content: dict[str, Any], status: int = 200) -> Response:
    # escaped: a sentence may quote what was sent, half a surrogate pair too, of which there is no UTF-8
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return Response(text, status, headers={"Cache-Control": "no-store"}, media_type="application/json")
