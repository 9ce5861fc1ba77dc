"""Files that a job made, kept for a few minutes until the browser has fetched them."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from live.answers import Refused, route

KEPT = 600.0  # seconds
MOST_BYTES = 256_000_000  # of all kept files together; the newest is kept whatever its size


@dataclass(frozen=True)
class MadeFile:
    """A file's name, its media type and what it holds."""

    name: str
    media_type: str
    content: bytes


class MadeFiles:
    """Files by an unguessable id, oldest first. Thread-safe."""

    def __init__(self, most: int = MOST_BYTES, kept: float = KEPT) -> None:
        self._most, self._kept = most, kept
        self._lock = threading.Lock()
        self._files: dict[str, tuple[float, MadeFile]] = {}

    def keep(self, file: MadeFile) -> str:
        """The id under which the file is found for a while."""
        known = secrets.token_urlsafe(16)
        with self._lock:
            self._files[known] = (time.monotonic(), file)
            self._forget()
        return known

    def find(self, known: str) -> MadeFile | None:
        """The file, or None when it is kept no longer."""
        with self._lock:
            self._forget()
            found = self._files.get(known)
        return None if found is None else found[1]

    def _forget(self) -> None:
        size = sum(len(file.content) for _, file in self._files.values())
        newest = next(reversed(self._files), None)
        for known, (since, file) in list(self._files.items()):
            if time.monotonic() - since > self._kept or (size > self._most and known != newest):
                size -= len(file.content)
                del self._files[known]


FILES = MadeFiles()


def kept_file(file: MadeFile) -> dict[str, Any]:
    """The file kept, as the last line of a job's stream tells it: its address below /live/, its name and bytes."""
    return {"file": f"made/{FILES.keep(file)}/{file.name}", "name": file.name, "bytes": len(file.content)}


@route
def made_route(request: Request) -> Response:
    """GET /live/made/{id}/{name}: the file."""
    file = FILES.find(request.path_params["id"])
    if file is None:
        raise Refused(
            "no-such-file", "The file is kept no longer: ten minutes, or until newer ones need the room. Make it anew."
        )
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers={**headers, "Content-Encoding": "identity"})
