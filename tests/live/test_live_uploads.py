"""A picture that somebody brings, over HTTP: fitted, encoded, or refused in a sentence."""

from __future__ import annotations

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image

import store
from live.routes import routes
from tests.live.starting import StartClient, floats, refusal
from vae_core.data import fit_picture


def drawing() -> np.ndarray:
    canvas = np.full((120, 90), 255, np.uint8)
    canvas[20:100, 40:48] = 0
    return canvas


def png_of(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_fitted_and_encoded(starts: StartClient) -> None:
    answer = starts.send("mnist-like", png_of(drawing()), Origin="http://testserver")
    assert answer.status_code == 200
    model, wanted = store.model("mnist-like"), fit_picture(drawing(), "mnist", (1, 28, 28))
    means, stds = model.encode(wanted.pixels[None])
    found = answer.json()
    assert floats(found["mean"]).tobytes() == means[0].tobytes() and floats(found["std"]).tobytes() == stds[0].tobytes()
    kind, content = found["fitted"].split(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))), wanted.pixels[0])
    assert found["note"] == wanted.note and found["blank"] is False


def test_a_blank_picture_is_encoded_and_said(starts: StartClient) -> None:
    found = starts.send("mnist-like", png_of(np.full((50, 50, 3), 255, np.uint8))).json()
    assert found["blank"] is True and "The picture is blank" in found["note"]
    black = store.model("mnist-like").encode(np.zeros((1, 1, 28, 28), np.uint8))[0][0]
    np.testing.assert_array_equal(floats(found["mean"]), black)


def test_a_conditional_model_encodes_under_a_class(starts: StartClient) -> None:
    assert refusal(starts.send("by-class", png_of(drawing()))) == (400, "no-label")
    found = [starts.send("by-class", png_of(drawing()), f"label={label}").json()["mean"] for label in (1, 2)]
    assert found[0] != found[1]


def test_where_uploads_are_off_no_picture_is_taken(starts: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_UPLOADS", "off")
    answer = starts.send("mnist-like", png_of(drawing()))
    assert refusal(answer) == (403, "uploads-off")
    assert "LATENT_EXPLORER_UPLOADS=off). Choose an image of the data set or draw one" in answer.json()["message"]
    monkeypatch.setenv("LATENT_EXPLORER_UPLOADS", "maybe")
    with pytest.raises(ValueError, match="it must be on, off or left out"):
        routes()


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [(b"", 400, "empty"), (png_of(drawing())[:-40], 400, "damaged"), (b"hello", 415, "no-picture")],
)
def test_what_is_no_picture_is_said(starts: StartClient, body: bytes, status: int, reason: str) -> None:
    answer = starts.send("tiny-2d", body)
    assert refusal(answer) == (status, reason)
    assert answer.json()["message"]


def test_a_body_above_20_mb_is_refused(starts: StartClient) -> None:
    answer = starts.send("tiny-2d", bytes(20_000_001))
    assert refusal(answer) == (413, "too-large")
    assert "more than 20,000,000 bytes" in answer.json()["message"]


def test_pictures_are_computed_beside_the_event_loop(starts: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    encode = store.encode_picture
    monkeypatch.setattr(
        store, "encode_picture", lambda *given: (seen.append(threading.current_thread().name), encode(*given))[1]
    )
    starts.send("mnist-like", png_of(drawing()))
    assert seen[0].startswith("live-body")
