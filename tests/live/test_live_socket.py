"""The live socket of a really running server: what it answers, and what it survives."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

import store
from live.protocol import IN_FLIGHT, MAX_BYTES, MOST_LANES, Kind
from tests.live.conftest import latents_bytes, live_client, refused_for_its_size
from tests.tiny import digit_images

NAMES = ["tiny-1d", "tiny-2d", "tiny-8d", "tiny-colour"]


@pytest.fixture(autouse=True)
def same_folder(monkeypatch: pytest.MonkeyPatch, live_root) -> None:
    """The test computes with the server's models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 7, 256])
def test_decode_gives_the_pictures_of_the_latents(client, name: str, count: int) -> None:
    model = store.model(name)
    latents = np.random.default_rng(count).standard_normal((count, model.latent_dim)).astype("<f4")
    options = {"model": name, "weights": model.weights, "lane": "test"}
    reply = client.ask(count=count, request=5, body=latents.tobytes(), **options)
    channels, height, width = model.image_shape
    assert (reply.kind, reply.request, reply.count) == (Kind.DECODE, 5, count)
    assert reply.options["shape"] == [height, width, channels] and reply.options["ms"] > 0
    pixels = np.frombuffer(reply.body, np.uint8).reshape(count, height, width, channels)
    # another batch size may sum in another order: one grey level at most
    assert np.abs(pixels.astype(int) - model.decode(latents).astype(int)).max() <= 1
    assert pixels.std() > 10


@pytest.mark.parametrize("name", ["tiny-2d", "tiny-colour"])
def test_pictures_of_which_fewer_pixels_are_needed_are_means_of_blocks(client, name: str) -> None:
    model = store.model(name)
    channels, height, width = model.image_shape
    latents = np.random.default_rng(0).standard_normal((3, model.latent_dim)).astype("<f4")
    whole = model.decode(latents).astype(int)
    longer = max(height, width)
    for side, block in [(longer, 1), (longer // 2 + 1, 1), (longer // 2, 2), (1, math.gcd(height, width))]:
        reply = client.ask(count=3, body=latents.tobytes(), model=name, side=side)
        down, across = height // block, width // block
        assert reply.options["shape"] == [down, across, channels], side
        pixels = np.frombuffer(reply.body, np.uint8).reshape(3, down, across, channels)
        means = whole.reshape(3, down, block, across, block, channels).mean(axis=(2, 4))
        assert np.abs(pixels - means).max() <= 1.5, side  # rounded, of pictures that may be one grey level apart


def test_encode_gives_means_then_deviations(client) -> None:
    images, _ = digit_images(count=3)
    reply = client.ask(kind=Kind.ENCODE, count=3, body=images.tobytes(), model="tiny-8d", lane="draw")
    means, stds = np.frombuffer(reply.body, "<f4").reshape(2, 3, 8)
    expected = store.model("tiny-8d").encode(images)
    assert reply.kind == Kind.ENCODE and reply.options["latent_dim"] == 8
    np.testing.assert_allclose(means, expected[0], atol=1e-5)
    np.testing.assert_allclose(stds, expected[1], rtol=1e-4)
    assert (stds > 0).all()


ONE = latents_bytes([[0, 0]])
REFUSED = {
    "unknown model": ({"model": "nobody", "body": ONE}, "unknown-model", "nobody"),
    "name that leads elsewhere": ({"model": "../tiny-2d", "body": ONE}, "unknown-model", "is no name for a model"),
    "other weights": ({"model": "tiny-2d", "weights": "0" * 16, "body": ONE}, "stale-weights", "trained again"),
    "too few latents": ({"model": "tiny-2d", "body": ONE[:4]}, "bad-shape", "4 bytes; tiny-2d takes 8"),
    "latents of another model": ({"model": "tiny-8d", "body": ONE}, "bad-shape", "takes 32"),
    "count and body differ": ({"model": "tiny-2d", "count": 2, "body": ONE}, "bad-shape", "(2, 2)"),
    "a side of no pixels": ({"model": "tiny-2d", "body": ONE, "side": 0}, "bad-options", "from 1 to 1024"),
    "a side that is no number": ({"model": "tiny-2d", "body": ONE, "side": "x"}, "bad-options", "a whole number"),
    "NaN": ({"model": "tiny-2d", "body": latents_bytes([0, np.nan])}, "not-finite", "NaN or infinite"),
    "infinite": ({"model": "tiny-2d", "body": latents_bytes([-np.inf, 0])}, "not-finite", "NaN or infinite"),
    "far away": ({"model": "tiny-2d", "body": latents_bytes([0, -3e38])}, "out-of-range", "3e+38"),
    "image of another size": (
        {"kind": Kind.ENCODE, "model": "tiny-2d", "body": bytes(63)},
        "bad-shape",
        "takes 64 for (1, 1, 8, 8), uint8",
    ),
    "unknown kind": ({"kind": 9, "model": "tiny-2d", "body": ONE}, "unknown-kind", "kind is 9"),
    "other version": ({"version": 9, "model": "tiny-2d", "body": ONE}, "bad-version", "Reload the page"),
    "too many": ({"model": "tiny-2d", "count": 257, "body": ONE * 257}, "bad-count", "257"),
    "too large": ({"model": "tiny-2d", "body": bytes(MAX_BYTES)}, "too-large", "Send fewer"),
    "no options": ({"words": b"", "body": ONE}, "bad-options", "JSON"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_request_is_answered_with_a_reason_and_the_socket_stays(client, case: str) -> None:
    parts, reason, words = REFUSED[case]
    reply = client.ask(request=9, **parts)
    assert (reply.kind, reply.request, reply.options["reason"]) == (Kind.ERROR, 9, reason)
    assert words in reply.options["message"]
    assert client.ask(request=10, model="tiny-2d", body=ONE).kind == Kind.DECODE


def test_stale_weights_are_answered_with_the_present_ones(client) -> None:
    reply = client.ask(model="tiny-2d", weights="f" * 16, body=ONE)
    assert reply.options["weights"] == store.model("tiny-2d").weights


def test_a_text_message_is_answered_with_a_reason(client) -> None:
    client.connection.send("hello")
    assert client.receive().options["reason"] == "text-message"
    assert client.ask(model="tiny-2d", body=ONE).kind == Kind.DECODE


def test_a_broken_model_says_which_file(client, live_root) -> None:
    folder = live_root / "broken-live"
    folder.mkdir()
    for file in (live_root / "tiny-2d").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    try:
        reply = client.ask(model="broken-live", body=ONE)
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    assert reply.options["reason"] == "broken-model" and "model.safetensors" in reply.options["message"]


def test_the_newest_request_of_a_lane_wins(client) -> None:
    far, near, last = latents_bytes([2, -2]), latents_bytes([-1, 1]), 50
    # something long first: what comes after it must wait
    client.send(request=0, lane="long", count=256, model="tiny-colour", body=bytes(256 * 4 * 4))
    for request in range(1, last + 1):
        client.send(request=request, lane="drag", model="tiny-2d", body=near if request == last else far)
    replies = [client.receive() for _ in range(last + 1)]
    assert sorted(reply.request for reply in replies) == list(range(last + 1)), "each request has one reply"
    drag = [reply for reply in replies if reply.request > 0]
    superseded = [reply for reply in drag if reply.kind == Kind.ERROR]
    assert {reply.options["reason"] for reply in superseded} == {"superseded"}
    assert len(superseded) >= last / 2, "most were dropped, unanswered work does not pile up"
    assert drag[-1].request == last, "the newest comes last"
    assert drag[-1].body == store.model("tiny-2d").decode(np.float32([[-1, 1]])).tobytes()


def test_lanes_do_not_supersede_one_another(client) -> None:
    lanes = [f"lane {number}" for number in range(MOST_LANES)]
    for request, lane in enumerate(lanes):
        client.send(request=request, lane=lane, model="tiny-2d", body=ONE)
    kinds = [client.receive().kind for _ in lanes]
    assert kinds == [Kind.DECODE] * MOST_LANES


def test_many_connections_are_served_at_once(live_server) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(live_client(live_server.url)) for _ in range(20)]
        for number, each in enumerate(clients):
            each.send(request=number, model="tiny-8d", body=latents_bytes(np.full(8, number / 10)))
        replies = [each.receive() for each in clients]
    assert [reply.request for reply in replies] == list(range(20))
    assert len({reply.body for reply in replies}) == 20


def test_nobody_waits_behind_another_ones_long_batch(live_server, client) -> None:
    with live_client(live_server.url) as other:
        long = {"model": "slow", "count": 256, "body": bytes(256 * 4 * 4)}
        started = time.perf_counter()
        other.ask(**long)
        alone = time.perf_counter() - started
        client.ask(model="tiny-2d", body=ONE)  # now its pace is known
        other.send(**long)
        time.sleep(alone / 10)
        waits = []
        for _ in range(5):
            started = time.perf_counter()
            client.ask(model="tiny-2d", body=ONE)
            waits.append(time.perf_counter() - started)
        other.receive()
    assert sorted(waits)[2] < alone / 2  # behind the batch it would be about all of it


def test_a_message_of_10_mb_closes_the_connection_and_harms_nobody(live_server, client) -> None:
    with live_client(live_server.url) as other:
        with pytest.raises(ConnectionClosed) as closed:
            other.connection.send(bytes(10_000_000))
            other.receive()
        assert refused_for_its_size(closed.value)
    assert client.ask(model="tiny-2d", body=ONE).kind == Kind.DECODE, "another connection goes on"
    with live_client(live_server.url) as again:
        assert again.ask(model="tiny-2d", body=ONE).kind == Kind.DECODE, "a new connection is served"


def test_a_foreign_page_is_refused_before_it_is_accepted(live_server) -> None:
    with pytest.raises(InvalidStatus) as refused, live_client(live_server.url, origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_the_own_page_is_let_in(live_server) -> None:
    with live_client(live_server.url, origin=live_server.url) as own:
        assert own.hello.kind == Kind.HELLO and own.hello.options["in_flight"] == IN_FLIGHT


def test_a_client_that_leaves_in_the_middle_harms_nobody(live_server, client) -> None:
    for _ in range(5):
        with live_client(live_server.url) as hasty:
            for request in range(20):
                hasty.send(request=request, count=64, model="tiny-colour", body=bytes(64 * 4 * 4))
    assert client.ask(model="tiny-2d", body=ONE).kind == Kind.DECODE
    assert "Traceback" not in live_server.log.read_text()
