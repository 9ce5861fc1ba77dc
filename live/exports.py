"""Taking away what is on the screen: POST an address below /live/export, get a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from live.answers import Refused, body_route, named_model
from live.export_files import export_file
from live.export_request import read_request

MOST_BYTES = 256 * 1024
MOST_WAITING = 8
LONGEST_WAIT = 60.0  # seconds

_places = threading.BoundedSemaphore(MOST_WAITING)
_one_at_a_time = threading.Lock()  # two cores: the other one is for the hands


def _file(request: Request, body: bytes) -> Response:
    """POST /live/export/{model}/{weights}: the file, with a name; docs/live-protocol.md says how it is asked for."""
    model = named_model(request)
    wanted = read_request(body, model)
    with _turn():
        file = export_file(model, wanted)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


# One thread more than may wait: who finds no place is told so and does not wait to hear it. Bodies are small.
export_route = body_route(MOST_BYTES, _file, at_once=4 * MOST_WAITING, threads=MOST_WAITING + 1)


@contextmanager
def _turn() -> Iterator[None]:
    """Holds the one place at which files are made; raises Refused when too many wait for it, or for too long."""
    if not _places.acquire(blocking=False):
        raise _busy()
    try:
        if not _one_at_a_time.acquire(timeout=LONGEST_WAIT):
            raise _busy()
        try:
            yield
        finally:
            _one_at_a_time.release()
    finally:
        _places.release()


def _busy() -> Refused:
    return Refused("busy", "Others are taking files away at this moment; one is made at a time. Try again soon.")
