"""The ES modules that browser components share, their texts, and the formulas' fonts, served by the app itself."""

from __future__ import annotations

import hashlib
import time
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
LOOK_AGAIN = 1.0  # seconds for which the list of files holds: a page asks for many at once


def static_route(request: Request) -> Response:
    """GET /live/static/{file:path}: a module, checked by ETag at each page load so that an update is never missed."""
    name = request.path_params["file"]
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    changed = module_names().get(name)
    if media_type is None or changed is None:
        return PlainTextResponse(f"There is no module {name} in live/static.", 404)
    content, tag = _content(name, changed)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def module_names() -> dict[str, int]:
    """The files of the folder as addresses below it, and when each was changed: in ns since 1970."""
    return _module_names(int(time.monotonic() / LOOK_AGAIN))


@lru_cache(maxsize=1)
def _module_names(_second: int) -> dict[str, int]:
    files = [file for file in FOLDER.rglob("*.*") if file.is_file()]
    return {file.relative_to(FOLDER).as_posix(): file.stat().st_mtime_ns for file in files}


@lru_cache(maxsize=256)
def _content(name: str, _changed: int) -> tuple[bytes, str]:
    content = (FOLDER / name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'
