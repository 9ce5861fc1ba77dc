"""A picture of any kind over the socket: fitted as the training images were made, then encoded."""

from __future__ import annotations

import numpy as np
import pytest

import store
from live.compute import answer
from live.pace import Pace
from live.protocol import LARGEST_SIDE, MAX_BYTES, BadMessage, Kind, unpack
from tests.live.conftest import latents_bytes, request_bytes, take_apart
from vae_core.data import fit_picture


@pytest.fixture(autouse=True)
def same_folder(monkeypatch: pytest.MonkeyPatch, live_root) -> None:
    """The test computes with the server's models."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(live_root))


def canvas(height: int, width: int, channels: int) -> np.ndarray:
    """White with a dark stroke, uint8 (height, width, channels)."""
    picture = np.full((height, width, channels), 255, np.uint8)
    picture[height // 4 : height // 2, width // 4 : width // 3, : min(channels, 3)] = 30
    return picture


@pytest.mark.parametrize(
    ("name", "shape"), [("tiny-8d", (50, 70, 1)), ("tiny-2d", (90, 60, 4)), ("tiny-colour", (40, 41, 3))]
)
def test_a_fit_gives_the_fitted_image_and_its_posterior(client, name: str, shape: tuple[int, int, int]) -> None:
    model, picture = store.model(name), canvas(*shape)
    options = {"model": name, "weights": model.weights, "lane": "canvas", "size": list(shape)}
    reply = client.ask(kind=Kind.FIT, request=6, body=picture.tobytes(), **options)
    fitted = fit_picture(picture, model.config.data.name, model.image_shape)
    means, stds = model.encode(fitted.pixels[None])
    assert (reply.kind, reply.request, reply.count) == (Kind.FIT, 6, 1)
    assert reply.options["shape"] == list(model.image_shape) and reply.options["latent_dim"] == model.latent_dim
    assert (reply.options["note"], reply.options["blank"]) == (fitted.note, False) and reply.options["ms"] > 0
    values = fitted.pixels.size
    np.testing.assert_array_equal(np.frombuffer(reply.body, np.uint8, values), fitted.pixels.ravel())
    codes = np.frombuffer(reply.body, "<f4", offset=-(-values // 4) * 4)
    np.testing.assert_allclose(codes[: model.latent_dim], means[0], atol=1e-5)
    np.testing.assert_allclose(codes[model.latent_dim :], stds[0], rtol=1e-4)


def test_the_largest_picture_fits_into_a_message(client) -> None:
    side, lane = LARGEST_SIDE, "x" * 32
    picture = canvas(side, side, 4)
    reply = client.ask(kind=Kind.FIT, model="tiny-2d", lane=lane, size=[side, side, 4], body=picture.tobytes())
    assert reply.kind == Kind.FIT and reply.options["blank"] is False
    assert MAX_BYTES < 8_000_000, "the server's own limit, .streamlit/config.toml"


REFUSED = {
    "no size": ({}, "bad-count", "with the option size"),
    "two pictures": ({"size": [4, 4, 1], "count": 2}, "bad-count", "A fit takes one picture"),
    "body of another size": ({"size": [4, 5, 1]}, "bad-shape", "takes 20 for (4, 5, 1), uint8"),
    "label for none": ({"size": [4, 4, 1], "label": 1}, "bad-label", "not conditional"),
    "size no list": ({"size": 16}, "bad-options", "The option size is 16; it must be [height, width, channels]"),
    "two numbers": ({"size": [4, 4]}, "bad-options", "[4, 4]"),
    "two channels": ({"size": [4, 2, 2]}, "bad-options", "1 (grey), 3 (RGB) or 4"),
    "no rows": ({"size": [0, 4, 1]}, "bad-options", "sides of 1 to 1024"),
    "too wide": ({"size": [1, 1025, 1]}, "bad-options", "Reduce the picture"),
    "true": ({"size": [True, 16, 1]}, "bad-options", "The option size"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_fitted_is_answered_with_a_reason(case: str) -> None:
    options, reason, words = REFUSED[case]
    with pytest.raises(BadMessage) as refused:
        message = unpack(request_bytes(kind=Kind.FIT, body=bytes(16), model="tiny-2d", **options))
        answer(message, store.model("tiny-2d"), Pace())
    assert refused.value.reason == reason and words in str(refused.value)


def test_a_class_is_taken_by_a_conditional_model(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.tiny import tiny_checkpoint

    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, count=20, evaluation=False)
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    model, picture = store.model("by-class"), canvas(30, 30, 1)
    for label in (0, 4):
        message = unpack(
            request_bytes(kind=Kind.FIT, body=picture.tobytes(), model="by-class", size=[30, 30, 1], label=label)
        )
        codes = np.frombuffer(take_apart(answer(message, model, Pace())).body, "<f4", offset=64)
        fitted = fit_picture(picture, "digits", (1, 8, 8))
        np.testing.assert_allclose(codes[:2], model.encode(fitted.pixels[None], label)[0][0], atol=1e-5)


def test_a_hand_that_moves_goes_on_while_large_pictures_are_fitted(client) -> None:
    client.ask(model="tiny-2d", lane="hand", body=latents_bytes([0, 1]))
    tries = 10  # a hand that the fit held up would overtake it in none; a machine that pauses may spoil some
    assert any(a_hand_overtakes_a_fit(client) for _ in range(tries)), "the fit held everybody up"


def a_hand_overtakes_a_fit(client) -> bool:
    """Sends a large picture and ten moves after it; all are answered, the picture not first."""
    body, size = canvas(1024, 1024, 4).tobytes(), [1024, 1024, 4]
    client.send(kind=Kind.FIT, request=1, model="tiny-2d", lane="canvas", size=size, body=body)
    for request in range(2, 12):
        client.send(request=request, model="tiny-2d", lane=f"hand {request}", body=latents_bytes([0, 1]))
    replies = [client.receive() for _ in range(11)]
    assert {reply.request for reply in replies} == set(range(1, 12))
    return replies[0].request != 1
