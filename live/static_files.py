"""The ES modules that browser components share, their texts, and the formulas' fonts, served by the app itself."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).resolve().parent / "static"
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".woff2": "font/woff2",
}  # what is served; all else in the folder is not
WORTH_PACKING = 1000  # bytes


@dataclass(frozen=True, eq=False)
class StaticFile:
    """A served file: its bytes, the same packed by gzip where that is worth it, and its ETag."""

    content: bytes
    packed: bytes | None
    tag: str


async def static_route(request: Request) -> Response:
    """GET /live/static/{file:path}: a module, checked by ETag at each page load so that an update is never missed.

    On the event loop: a page asks for some forty at once, and each takes a tenth of a millisecond.
    """
    name = request.path_params["file"]
    file = static_file(name)
    if file is None:
        return PlainTextResponse(f"There is no module {name} in live/static.", 404)
    headers = {"ETag": file.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    packing, content = "identity", file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        packing, content = "gzip", file.packed
    media_type = MEDIA_TYPES[Path(name).suffix]
    return Response(content, media_type=media_type, headers={**headers, "Content-Encoding": packing})


def static_file(name: str) -> StaticFile | None:
    """The file of that path below live/static, such as "map/view.js"; None where there is none that is served."""
    place = FOLDER / name
    if Path(name).suffix not in MEDIA_TYPES or ".." in Path(name).parts or not place.is_relative_to(FOLDER):
        return None
    try:
        found = place.stat()
        return _read(place, found.st_mtime_ns, found.st_size)
    except OSError:
        return None


@lru_cache(maxsize=512)
def _read(place: Path, _written: int, _size: int) -> StaticFile:
    content = place.read_bytes()
    packable = place.suffix != ".woff2" and len(content) >= WORTH_PACKING
    packed = gzip.compress(content, 6, mtime=0) if packable else None
    return StaticFile(content, packed, f'"{hashlib.sha256(content).hexdigest()[:16]}"')
