"""What a request over HTTP gets that cannot be served: a status, a code for programs and a sentence for people."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

import store
from live.origin import origin_allowed, other_origins


class Refusal(Exception):
    """A request that is answered with a reason in place of what it asked for."""

    def __init__(self, status: int, reason: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.body = {"reason": reason, "message": message, **facts}

    def response(self) -> JSONResponse:
        """The JSON {"reason", "message"} and what else is known, with the status."""
        return JSONResponse(self.body, self.status, headers={"Cache-Control": "no-store"})


def check_origin(request: Request) -> None:
    """Raises Refusal when a foreign web page asks; the rule is the live socket's."""
    headers = request.headers
    if not origin_allowed(headers.get("origin"), headers.get("host"), other_origins()):
        raise Refusal(
            403,
            "bad-origin",
            f"A page of {headers.get('origin')[:100]} asked; this address serves the app's own pages. Open the app"
            " itself, or list that origin in LATENT_EXPLORER_ORIGINS.",
        )


def model_at(request: Request) -> store.LoadedModel:
    """The model of the address with exactly these weights, loaded when need be: may take a second.

    Raises Refusal when it is unknown, broken, or has other weights by now.
    """
    from vae_core.checkpoint import BrokenCheckpoint, CheckpointError, ForeignCheckpoint, NewerFormat

    try:
        return store.model(request.path_params["model"], request.path_params["weights"])
    except (BrokenCheckpoint, ForeignCheckpoint, NewerFormat) as problem:
        raise Refusal(404, "broken-model", str(problem)) from problem
    except CheckpointError as problem:
        raise Refusal(404, "unknown-model", str(problem)) from problem
    except store.ModelChanged as problem:
        raise Refusal(410, "stale-weights", str(problem), weights=problem.weights) from problem


async def body_of(request: Request, most: int) -> bytes:
    """The request's body; raises Refusal as soon as it is longer than ``most`` bytes."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > most:
            raise Refusal(
                413, "too-large", f"The request has more than {most:,} bytes; that many are taken. Send less."
            )
        parts.append(part)
    return b"".join(parts)
