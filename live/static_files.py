"""The ES modules that browser components share, served by the app itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).resolve().parent / "static"


def static_route(request: Request) -> Response:
    """GET /live/static/{file:path}: a module, checked by ETag at each page load so that an update is never missed."""
    name = request.path_params["file"]
    if name not in {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.js")}:
        return PlainTextResponse(f"There is no module {name} in live/static.", 404)
    content = (FOLDER / name).read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/javascript", headers=headers)
