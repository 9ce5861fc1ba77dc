"""An image through the model over the live socket: what the machine of the Anatomy page is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import store
from live.anatomy.figures import FIGURES
from live.compute import answer
from live.pace import Pace
from live.protocol import BadMessage, Kind, unpack
from tests.live.conftest import request_bytes, take_apart
from tests.live.starting import live_web, refusal
from tests.tiny import digit_images
from vae_core.objectives import observed_image
from vae_core.passage import pass_through


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, started) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))


def padded(pixels: np.ndarray) -> bytes:
    body = pixels.tobytes()
    return body + bytes(-len(body) % 4)


def sent(name: str, noise: np.ndarray, **more):
    model = store.model(name)
    pixels = digit_images(model.image_shape, 1)[0][0]
    body = more.pop("body", padded(pixels) + noise.astype("<f4").tobytes())
    message = unpack(request_bytes(kind=Kind.PASS, body=body, model=name, **more))
    return model, pixels, take_apart(answer(message, model, Pace()))


@pytest.mark.parametrize("name", ["tiny-8d", "tiny-1d", "tiny-colour", "by-class"])
def test_a_pass_is_what_the_core_makes_of_the_image(name: str) -> None:
    dims = store.model(name).latent_dim
    noise = np.linspace(-1.5, 1.2, dims).astype(np.float32)
    model, pixels, reply = sent(name, noise, **({"label": 3} if name == "by-class" else {}))
    batch = observed_image(model.vae, pixels, 3)
    with torch.no_grad():
        found = pass_through(model.vae, batch.images, torch.from_numpy(noise)[None], batch.labels)
    channels, height, width = model.image_shape
    size = pixels.size
    seen, picture = np.frombuffer(reply.body, np.uint8, 2 * size).reshape(2, height, width, channels)
    np.testing.assert_array_equal(seen, np.rint(batch.images[0].permute(1, 2, 0).numpy() * 255))
    assert np.abs(picture - found.picture[0].permute(1, 2, 0).numpy() * 255).max() <= 0.5001
    rows = np.frombuffer(reply.body, "<f4", 4 * dims, -(-2 * size // 4) * 4).reshape(4, dims)
    expected = (found.posterior.mean, found.posterior.stddev, found.latents, found.kl_per_dimension)
    np.testing.assert_allclose(rows, torch.cat(expected).numpy(), rtol=1e-5, atol=1e-6)
    by_pixel = np.frombuffer(reply.body, "<f4", height * width, len(reply.body) - 4 * height * width)
    assert by_pixel.sum() == pytest.approx(reply.options["log_likelihood"], rel=1e-4)
    assert reply.options["elbo"] == pytest.approx(found.elbo.item(), rel=1e-5)
    assert reply.options["shape"] == [height, width, channels] and reply.options["latent_dim"] == dims


@pytest.mark.parametrize(
    ("body", "noise", "words"),
    [
        (
            b"123",
            np.zeros(8),
            "takes 1 image of 96 for (1, 8, 8)",
        ),
        (None, np.full(8, np.nan), "NaN, infinite or beyond"),
        (None, np.full(8, 2e4), "NaN, infinite or beyond"),
    ],
)
def test_an_image_of_another_size_and_broken_noise_are_refused(body, noise, words: str) -> None:
    with pytest.raises(BadMessage) as refused:
        sent("tiny-8d", noise, **({} if body is None else {"body": body}))
    assert words in str(refused.value)


def test_an_image_drawn_black_passes_like_any_other() -> None:
    _, _, reply = sent("tiny-8d", np.zeros(8), body=bytes(64) + bytes(32))
    assert reply.options["elbo"] is not None


def test_a_figure_that_there_is_not_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIGURES, "ink", lambda model, content: {"ink": content["of"], "dims": model.latent_dim})
    client = live_web()
    model = store.model("tiny-8d")
    refused = client.post(f"/live/anatomy/{model.name}/{model.weights}/no-such", json={})
    assert refusal(refused) == (404, "no-such-figure") and "ink" in refused.json()["message"]
    found = client.post(f"/live/anatomy/{model.name}/{model.weights}/ink", json={"of": 3})
    assert found.json() == {"ink": 3, "dims": 8}
