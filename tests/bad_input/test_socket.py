"""Bad input on the live socket."""

from __future__ import annotations

import json

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from live.protocol import Kind
from tests.bad_input.rows import check
from tests.live.conftest import latents_bytes, live_client, refused_for_its_size
from tools.running_app import RunningApp


@pytest.mark.parametrize(
    ("tried", "latents", "weights"),
    [
        ("latents with NaN", [[np.nan, 0.0]], None),
        ("latents of the wrong length", [[0.0, 0.0, 0.0]], None),
        ("weights that have changed since the page was opened", [[0.0, 0.0]], "0" * 16),
    ],
)
def test_the_socket_answers_with_a_reason_and_goes_on(
    tried: str, latents: list, weights: str | None, server: RunningApp
) -> None:
    with live_client(server.url) as client:
        bad = client.ask(model="tiny-2d", weights=weights, body=latents_bytes(latents))
        check(tried, json.dumps(bad.options))
        assert bad.options["message"]
        assert client.ask(model="tiny-2d", body=latents_bytes([[0.0, 0.0]])).options["shape"] == [8, 8, 1]


@pytest.mark.parametrize(
    ("tried", "parts"),
    [
        ("a class that the model does not know", {"model": "tiny-2d", "label": 3}),
        ("a judgement where there is no reference set", {"model": "no-latents", "kind": Kind.JUDGE}),
    ],
)
def test_the_socket_refuses_a_class_and_a_judgement(tried: str, parts: dict, server: RunningApp) -> None:
    with live_client(server.url) as client:
        check(tried, json.dumps(client.ask(body=bytes(8), **parts).options))


def test_ten_megabytes_on_the_socket(server: RunningApp) -> None:
    tried = "10 MB message"
    with pytest.raises(ConnectionClosed) as closed, live_client(server.url) as client:
        client.connection.send(b"\x00" * 10_000_000)
        client.receive()
    assert refused_for_its_size(closed.value)
    check(tried, "")
    with live_client(server.url) as client:
        assert client.ask(model="tiny-2d", body=latents_bytes([[0.0, 0.0]])).options["shape"] == [8, 8, 1]


def test_a_foreign_origin(server: RunningApp) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        live_client(server.url, origin="https://elsewhere.example") as _,
    ):
        pass
    assert refused.value.response.status_code == 403
    check("foreign Origin", str(refused.value))


@pytest.mark.parametrize(
    ("tried", "image", "noise"),
    [
        ("an image of another size to pass through the model", bytes(49), [0.0, 0.0]),
        ("noise that is no number", bytes(64), [np.nan, 0.0]),
        ("an empty drawing through the model", bytes(64), [0.0, 0.0]),
    ],
)
def test_a_pass_through_the_model(tried: str, image: bytes, noise: list, server: RunningApp) -> None:
    body = image + bytes(-len(image) % 4) + latents_bytes([noise])
    with live_client(server.url) as client:
        check(tried, json.dumps(client.ask(kind=Kind.PASS, model="tiny-2d", body=body).options))
