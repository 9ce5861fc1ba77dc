"""Taking away what is on the screen: POST an address below /live/export, get a file."""

from __future__ import annotations

import logging
import threading

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from live.export_files import export_file
from live.export_request import read_request
from live.refusal import Refusal, body_of, check_origin, model_at

LOG = logging.getLogger(__name__)
MOST_BYTES = 256 * 1024
MOST_WAITING = 8
LONGEST_WAIT = 60.0  # seconds

_places = threading.BoundedSemaphore(MOST_WAITING)
_one_at_a_time = threading.Lock()  # two cores: the other one is for the hands


async def export_route(request: Request) -> Response:
    """POST /live/export/{model}/{weights}: the file, with a name; docs/live-protocol.md says how it is asked for."""
    try:
        check_origin(request)
        content = await body_of(request, MOST_BYTES)
        return await run_in_threadpool(_answer, request, content)
    except Refusal as refusal:
        return refusal.response()
    except Exception:
        LOG.exception("An export of %s failed", request.path_params["model"])
        sentence = f"The file of {request.path_params['model'][:64]} could not be made; the server's log says why."
        return Refusal(500, "failed", sentence).response()


def _answer(request: Request, content: bytes) -> Response:
    model = model_at(request)
    wanted = read_request(content, model)
    if not _places.acquire(blocking=False):
        raise _busy()
    try:
        if not _one_at_a_time.acquire(timeout=LONGEST_WAIT):
            raise _busy()
        try:
            file = export_file(model, wanted)
        finally:
            _one_at_a_time.release()
    finally:
        _places.release()
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _busy() -> Refusal:
    return Refusal(503, "busy", "Others are taking files away at this moment; one is made at a time. Try again soon.")
