"""Live messages as bytes and back. Pure: no socket, no model. docs/live-protocol.md describes the format."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

VERSION = 1
HEADER = struct.Struct("<BBHIII")  # version, kind, options bytes, request, count, body bytes
IN_FLIGHT = 16  # at 160 ms there and back, one latent per frame of 16 ms keeps ten on their way
JUDGES_IN_FLIGHT = 1  # beside those: a judgement never takes the place of a picture
MAX_COUNT = 256
LARGEST_SIDE = 1024  # of a picture to fit
# The longest options and the largest picture with alpha; below the server's own limit: a refusal can be answered.
MAX_BYTES = HEADER.size + 0xFFFC + 4 * LARGEST_SIDE**2
LONGEST_LANE = 32
MOST_LANES = 16  # how many (kind, lane) may wait on one socket


class Kind(IntEnum):
    """What a message is."""

    HELLO = 0
    DECODE = 1
    ENCODE = 2
    JUDGE = 3
    FIT = 4
    PLACE = 5
    REPAIR = 6
    DRAW = 7
    PASS = 8
    ERROR = 255


REQUESTS = (Kind.DECODE, Kind.ENCODE, Kind.JUDGE, Kind.FIT, Kind.PLACE, Kind.REPAIR, Kind.DRAW, Kind.PASS)
PATIENT = (Kind.JUDGE,)  # answered when nothing else of the same connection waits


@dataclass(frozen=True)
class Message:
    """A request as it came in; its body is not looked at yet."""

    kind: Kind
    request: int
    count: int
    model: str
    weights: str | None
    lane: str
    body: memoryview
    options: Mapping[str, Any] = field(default_factory=dict)  # what only some kinds take is unchecked

    @property
    def place(self) -> tuple[Kind, str]:
        """Where it waits: a newer message of the same place takes it."""
        return self.kind, self.lane


class BadMessage(Exception):
    """A message that is answered with a reason: a code for programs, a sentence for people, more facts."""

    def __init__(self, reason: str, message: str, request: int = 0, **facts: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.request = request
        self.options = {"reason": reason, "message": message, **facts}


def pack(kind: Kind, request: int, count: int, options: dict[str, Any], body: bytes | memoryview = b"") -> bytes:
    """A whole message; options are padded with spaces so that the body starts at a multiple of 4."""
    words = json.dumps(options, separators=(",", ":")).encode()
    words = words.ljust(-(-len(words) // 4) * 4)
    return b"".join((HEADER.pack(VERSION, kind, len(words), request, count, len(body)), words, body))


def pack_hello() -> bytes:
    """The first message of a connection: what the server speaks and how much it takes."""
    limits = {
        "versions": [VERSION],
        "in_flight": IN_FLIGHT,
        "judges_in_flight": JUDGES_IN_FLIGHT,
        "max_count": MAX_COUNT,
        "max_bytes": MAX_BYTES,
    }
    return pack(Kind.HELLO, 0, 0, limits)


def pack_error(problem: BadMessage) -> bytes:
    """The reply to a message that could not be served."""
    return pack(Kind.ERROR, problem.request, 0, problem.options)


def unpack(data: bytes) -> Message:
    """The request in `data`; raises BadMessage with the reason and, once it is known, the request number."""
    if len(data) < HEADER.size:
        raise BadMessage("bad-header", f"The message has {len(data)} bytes; the header alone takes {HEADER.size}.")
    version, kind, options_bytes, request, count, body_bytes = HEADER.unpack_from(data)
    try:
        _check_header(version, kind, count, len(data), options_bytes, body_bytes)
        options = _options(data[HEADER.size : HEADER.size + options_bytes])
    except BadMessage as problem:
        problem.request = request
        raise
    body = memoryview(data)[HEADER.size + options_bytes :]
    return Message(Kind(kind), request, count, options["model"], options["weights"], options["lane"], body, options)


def _check_header(version: int, kind: int, count: int, total: int, options_bytes: int, body_bytes: int) -> None:
    if version != VERSION:
        raise BadMessage(
            "bad-version", f"The message is of version {version}; this server speaks {VERSION}. Reload the page."
        )
    if kind not in REQUESTS:
        known = ", ".join(f"{request:d} ({request.name.lower()})" for request in REQUESTS)
        raise BadMessage("unknown-kind", f"The kind is {kind}; a request is one of {known}.")
    if total > MAX_BYTES:
        raise BadMessage(
            "too-large", f"The message has {total} bytes; at most {MAX_BYTES} are taken. Send fewer at a time."
        )
    if options_bytes % 4 or total != HEADER.size + options_bytes + body_bytes:
        raise BadMessage(
            "bad-length",
            f"The message has {total} bytes; its header announces {HEADER.size} + {options_bytes} + {body_bytes}, "
            "with options padded to a multiple of 4.",
        )
    if not 1 <= count <= MAX_COUNT:
        raise BadMessage("bad-count", f"The count is {count}; from 1 to {MAX_COUNT} are taken. Send several messages.")


def _options(words: bytes) -> dict[str, Any]:
    try:
        options = json.loads(words)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadMessage("bad-options", "The options are no JSON in UTF-8.") from None
    if not isinstance(options, dict):
        raise BadMessage("bad-options", f"The options are {type(options).__name__}; they must be a JSON object.")
    model, weights, lane = options.get("model"), options.get("weights"), options.get("lane", "")
    if not isinstance(model, str) or not model:
        raise BadMessage("bad-options", f"The option model is {model!r}; it must be the name of a model.")
    if weights is not None and not isinstance(weights, str):
        raise BadMessage("bad-options", f"The option weights is {weights!r}; it must be a text or left out.")
    if not isinstance(lane, str) or len(lane) > LONGEST_LANE:
        raise BadMessage("bad-options", f"The option lane must be a text of at most {LONGEST_LANE} characters.")
    return {**options, "model": model, "weights": weights, "lane": lane}
