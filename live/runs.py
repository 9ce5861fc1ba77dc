"""A training run over HTTP: how it is doing, its log, and orders to it."""

from __future__ import annotations

import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import jobs
from live.answers import Refused, body_route, route, whole_number
from live.map_answers import json_object
from live.run_facts import run_facts, run_path

LARGEST_ORDER = 2_000  # bytes
MOST_BYTES = 4_000_000  # of lines in one answer
WORTH_PACKING = 32_768  # bytes
NUMBERS = {"steps", "delay", "learning_rate", "beta", "epochs"}
KINDS = ("pause", "resume", "step", "slow", "set", "stop", "discard", "continue")


@route
def run_route(request: Request) -> dict[str, Any]:
    """GET /live/run/{name}."""
    return run_facts(request.path_params["name"])


@route
def metrics_route(request: Request) -> Response:
    """GET /live/run/{name}/metrics?from=&mark=: the lines that were appended to metrics.jsonl since that byte.

    Packed here: what Streamlit would do for a whole log takes a second of the event loop.
    """
    from vae_core.checkpoint import read_metrics_from

    start = whole_number(request, "from", 0)
    if start < 0:
        raise Refused("bad-parameter", f"The parameter from is {start}; it must be a byte from 0 on.")
    folder = run_path(request.path_params["name"])
    piece = read_metrics_from(folder, start, request.query_params.get("mark", ""), MOST_BYTES)
    content, packing = piece.lines, "identity"
    if len(content) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        packer = zlib.compressobj(1, wbits=31)
        content, packing = packer.compress(content) + packer.flush(), "gzip"
    headers = {
        "Cache-Control": "no-store",
        "Content-Encoding": packing,
        "X-Next": str(piece.offset),
        "X-Mark": piece.mark,
        "X-Restarted": str(int(piece.restarted)),
        "X-More": str(int(piece.more)),
    }
    return Response(content, media_type="application/x-ndjson", headers=headers)


def _ordered(request: Request, body: bytes) -> dict[str, Any]:
    """POST /live/run/{name}/orders with {"order", and its numbers}: given to the run; the answer says what happens."""
    name, asked = request.path_params["name"], json_object(body)
    kind = asked.get("order")
    unknown = sorted(set(asked) - NUMBERS - {"order"})
    if kind not in KINDS or unknown:
        what = f"has {unknown[0][:30]!r}" if unknown else f"is {str(kind)[:30]!r}"
        raise Refused("bad-order", f"The order {what}; it must be one of {', '.join(KINDS)}, with its numbers.")
    run_path(name)  # says so where the run is gone
    try:
        said = _obeyed(name, kind, {key: value for key, value in asked.items() if key != "order"})
    except jobs.RunRefused as problem:
        raise Refused("bad-order", str(problem)) from problem
    return {"order": kind, "said": said}


orders_route = body_route(LARGEST_ORDER, _ordered)


def _obeyed(name: str, kind: str, numbers: dict[str, Any]) -> str:
    from vae_core.training import TrainingError
    from vae_core.training.orders import Order

    if kind == "continue":
        jobs.continue_run(name, numbers.get("epochs"))
        return "The run goes on from where it was saved last."
    if kind == "discard":
        jobs.discard_run(name)
        return "The run ends and its folder goes to the bin, from which it can be brought back."
    if kind == "stop":
        jobs.stop_run(name)
        return "The run ends after this step; what it has learnt is kept."
    try:
        order = Order(kind, **numbers)
    except (TrainingError, TypeError) as problem:
        raise Refused("bad-order", str(problem)) from problem
    jobs.order_run(name, order)
    return _words(kind, numbers)


def _words(kind: str, numbers: dict[str, Any]) -> str:
    if kind == "set":
        names = {"learning_rate": "The learning rate", "beta": "β"}
        parts = [f"{names[key]} is {value:g}" for key, value in numbers.items()]
        return f"{' and '.join(parts)} from the next step on."
    if kind == "slow":
        delay = numbers["delay"]
        return f"A step each {delay:g} s." if delay else "Full speed again."
    if kind == "step":
        steps = numbers.get("steps") or 1
        return "One step, then it waits." if steps == 1 else f"{steps} steps, then it waits."
    return "Paused after this step; it waits for you." if kind == "pause" else "It goes on."
