"""The ES modules that browser components share, their texts, and the formulas' fonts, served by the app itself."""

from __future__ import annotations

import hashlib
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


def static_route(request: Request) -> Response:
    """GET /live/static/{file:path}: a module, checked by ETag at each page load so that an update is never missed."""
    name = request.path_params["file"]
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None or name not in {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.*")}:
        return PlainTextResponse(f"There is no module {name} in live/static.", 404)
    content = (FOLDER / name).read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
