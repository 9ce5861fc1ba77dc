"""Messages as bytes and back, and each way in which a message can be bad."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.protocol import (
    HEADER,
    LONGEST_LANE,
    MAX_BYTES,
    MAX_COUNT,
    BadMessage,
    Kind,
    pack,
    pack_error,
    pack_hello,
    unpack,
)
from tests.live.conftest import request_bytes, take_apart

U32 = st.integers(0, 2**32 - 1)


@given(
    kind=st.sampled_from([Kind.DECODE, Kind.ENCODE, Kind.JUDGE]),
    request=U32,
    count=st.integers(1, MAX_COUNT),
    model=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80),
    lane=st.text(st.characters(codec="utf-8"), max_size=LONGEST_LANE),
    weights=st.none() | st.text("0123456789abcdef", min_size=16, max_size=16),
    body=st.binary(max_size=64),
)
def test_a_request_comes_back_as_it_was_packed(kind, request, count, model, lane, weights, body) -> None:
    message = unpack(pack(kind, request, count, {"model": model, "lane": lane, "weights": weights}, body))
    assert (message.kind, message.request, message.count) == (kind, request, count)
    assert (message.model, message.lane, message.weights) == (model, lane, weights)
    assert bytes(message.body) == body
    assert message.place == (kind, lane)


@given(model=st.text(max_size=20))
def test_a_body_starts_at_a_multiple_of_four(model) -> None:
    assert HEADER.unpack_from(pack(Kind.DECODE, 1, 1, {"model": model}))[2] % 4 == 0


def test_the_header_lies_as_documented() -> None:
    data = pack(Kind.ENCODE, 0x01020304, 5, {}, b"abc")
    assert data == bytes([1, 2, 4, 0, 4, 3, 2, 1, 5, 0, 0, 0, 3, 0, 0, 0]) + b"{}  abc"


GOOD = {"model": "m", "lane": "a"}
BAD = {
    "empty": (b"", "bad-header", "0 bytes; the header alone takes 16"),
    "half a header": (request_bytes(**GOOD)[:15], "bad-header", "15 bytes"),
    "other version": (request_bytes(version=2, **GOOD), "bad-version", "version 2; this server speaks 1"),
    "unknown kind": (request_bytes(kind=99, **GOOD), "unknown-kind", "kind is 99; a request is one of 1"),
    "hello from a client": (request_bytes(kind=0, **GOOD), "unknown-kind", "kind is 0"),
    "error from a client": (request_bytes(kind=255, **GOOD), "unknown-kind", "kind is 255"),
    "cut off": (request_bytes(body=b"1234", **GOOD)[:-1], "bad-length", "header announces"),
    "too long": (request_bytes(body=b"1234", **GOOD) + b"5", "bad-length", "header announces"),
    "announces 4 GB": (request_bytes(body_bytes=2**32 - 1, **GOOD), "bad-length", "4294967295"),
    "options not padded": (HEADER.pack(1, 1, 2, 1, 1, 0) + b"{}", "bad-length", "multiple of 4"),
    "options beyond the end": (HEADER.pack(1, 1, 400, 1, 1, 0) + b"{}  ", "bad-length", "400"),
    "count 0": (request_bytes(count=0, **GOOD), "bad-count", "count is 0; from 1 to 256"),
    "count 257": (request_bytes(count=257, **GOOD), "bad-count", "count is 257"),
    "no JSON": (request_bytes(words=b"{no}"), "bad-options", "no JSON"),
    "no UTF-8": (request_bytes(words=b'{"\xff":1}'), "bad-options", "no JSON in UTF-8"),
    "deep JSON": (request_bytes(words=b"[" * 60000), "bad-options", "no JSON"),
    "a JSON list": (request_bytes(words=b"[]"), "bad-options", "must be a JSON object"),
    "no model": (request_bytes(lane="a"), "bad-options", "model is None"),
    "model a number": (request_bytes(model=3), "bad-options", "model is 3"),
    "weights a number": (request_bytes(model="m", weights=3), "bad-options", "weights is 3"),
    "lane a list": (request_bytes(model="m", lane=[]), "bad-options", "at most 32 characters"),
    "lane of 33": (request_bytes(model="m", lane="x" * 33), "bad-options", "at most 32 characters"),
    "too large": (request_bytes(body=bytes(MAX_BYTES), **GOOD), "too-large", str(MAX_BYTES)),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_message_says_why(case: str) -> None:
    data, reason, words = BAD[case]
    with pytest.raises(BadMessage, match=words.replace(".", r"\.")) as caught:
        unpack(data)
    assert caught.value.reason == reason


@given(st.binary(max_size=200))
def test_no_bytes_at_all_do_anything_but_name_a_reason(data: bytes) -> None:
    try:
        unpack(data)
    except BadMessage as problem:
        assert problem.reason and str(problem)


def test_a_bad_message_keeps_its_request_number() -> None:
    with pytest.raises(BadMessage) as caught:
        unpack(request_bytes(request=77, count=0, **GOOD))
    reply = take_apart(pack_error(caught.value))
    assert (reply.kind, reply.request) == (Kind.ERROR, 77)
    assert reply.options == {"reason": "bad-count", "message": str(caught.value)}


def test_the_hello_states_the_limits() -> None:
    hello = take_apart(pack_hello())
    assert hello.kind == Kind.HELLO
    assert hello.options == {
        "versions": [1],
        "in_flight": 16,
        "judges_in_flight": 1,
        "max_count": MAX_COUNT,
        "max_bytes": MAX_BYTES,
    }
    assert json.dumps(hello.options)
