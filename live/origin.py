"""Which web pages may open the live socket."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

SETTING = "LATENT_EXPLORER_ORIGINS"
DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_allowed(origin: str | None, host: str | None, others: frozenset[tuple[str, str, int]]) -> bool:
    """Whether a page from `origin` may connect to the server that it addressed as `host`.

    A browser always sends Origin; a client without one is no web page and is let in. A page is let in when its host and
    port equal those of the Host header, or when its origin is among `others` (see `other_origins`).
    """
    if origin is None:
        return True
    parts = _split(origin)
    if parts is None or host is None:
        return False
    scheme, name, port = parts
    return parts in others or _split(f"{scheme}://{host}") == (scheme, name, port)


def other_origins(text: str | None = None) -> frozenset[tuple[str, str, int]]:
    """The further origins of LATENT_EXPLORER_ORIGINS, such as `https://demo.example.org,http://localhost:3000`.

    Raises ValueError for an entry that is no origin.
    """
    text = os.environ.get(SETTING, "") if text is None else text
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    return frozenset(_required(entry) for entry in entries)


def _required(entry: str) -> tuple[str, str, int]:
    parts = _split(entry)
    if parts is None:
        raise ValueError(
            f"{SETTING} holds {entry!r}; an origin is scheme, host and port, "
            "such as https://demo.example.org or http://localhost:3000."
        )
    return parts


def _split(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port in lower case, the scheme's own port filled in; None when it is no origin of a page."""
    try:
        parts = urlsplit(origin)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.path.strip("/") or parts.username is not None:
        return None
    return parts.scheme.lower(), parts.hostname.lower(), port
