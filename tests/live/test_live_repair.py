"""A picture damaged and repaired: over the socket at each step of a hand, over HTTP for the latent fit."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

import store
from jobs.fit_task import latent_fit_task
from live.compute import answer
from live.pace import Pace
from live.protocol import BadMessage, Kind, unpack
from tests.live.conftest import request_bytes, take_apart
from tests.live.starting import StartClient, refusal
from tests.tiny import digit_images
from vae_core.metrics import psnr, ssim
from vae_core.repair import Damage, damaged, reconstruction

GAUSSIAN = {"kind": "gaussian", "strength": 0.4, "seed": 5}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, started) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))


def repaired(name: str = "tiny-8d", **more):
    model = store.model(name)
    pixels = digit_images(model.image_shape, 1)[0][0]
    hole = more.pop("mask", None)
    body = pixels.tobytes() + (b"" if hole is None else hole.astype(np.uint8).tobytes())
    more = {"model": name, "noise": GAUSSIAN, "hole": hole is not None} | more
    message = unpack(request_bytes(kind=Kind.REPAIR, body=more.pop("body", body), **more))
    return pixels, take_apart(answer(message, model, Pace()))


def pictures_of(reply) -> dict[str, np.ndarray]:
    """Each picture uint8 (H, W, C) by its name."""
    shape = reply.options["shape"]
    size = int(np.prod(shape))
    names = reply.options["pictures"]
    return {n: np.frombuffer(reply.body, np.uint8, size, size * at).reshape(shape) for at, n in enumerate(names)}


@pytest.mark.parametrize("name", ["tiny-8d", "tiny-1d", "tiny-colour", "mixed", "no-rows"])
def test_a_repair_is_what_the_core_makes_of_the_damaged_picture(name: str) -> None:
    model = store.model(name)
    pixels, reply = repaired(name)
    clean = torch.from_numpy(pixels).float()[None] / 255
    found = damaged(clean, Damage(**GAUSSIAN))
    with torch.no_grad():
        expected = reconstruction(model.vae, found.images)[0].permute(1, 2, 0).numpy() * 255
        posterior = model.vae.encode(found.images)
    made = pictures_of(reply)
    assert np.abs(made["reconstruction"] - expected).max() <= 0.5001
    assert np.abs(made["damaged"] - found.images[0].permute(1, 2, 0).numpy() * 255).max() <= 0.5001
    for at, picture in enumerate(made.values()):
        shown = torch.from_numpy(picture.copy()).permute(2, 0, 1).float()[None] / 255
        assert reply.options["psnr"][at] == pytest.approx(psnr(clean, shown).item(), abs=1e-3)
        assert reply.options["ssim"][at] == pytest.approx(ssim(clean, shown).item(), abs=1e-4)
    size = 5 * pixels.size
    codes = np.frombuffer(reply.body, "<f4", 2 * model.latent_dim, -(-size // 4) * 4)
    np.testing.assert_allclose(codes[: model.latent_dim], posterior.mean[0], atol=1e-5)
    assert reply.options["noise"] == "σ = 0.40 of white" and reply.options["filter"] == "Wiener filter"


def test_a_hole_is_hidden_and_the_rest_is_kept_unless_it_shall_not_be() -> None:
    mask = np.zeros((8, 8), bool)
    mask[2:5, 3:6] = True
    _, kept = repaired(mask=mask, noise={"kind": "none"})
    _, whole = repaired(mask=mask, noise={"kind": "none"}, keep=False)
    kept, whole, hidden = pictures_of(kept), pictures_of(whole), kept.options["hidden"]
    assert hidden == 9
    assert (kept["reconstruction"][~mask] == kept["damaged"][~mask]).all()
    np.testing.assert_array_equal(kept["reconstruction"][mask], whole["reconstruction"][mask])
    assert (whole["reconstruction"][~mask] != whole["damaged"][~mask]).any()
    assert (kept["damaged"][mask] == 0).all()


def test_a_hole_over_everything_is_repaired_from_black_without_an_error() -> None:
    _, reply = repaired(mask=np.ones((8, 8), bool))
    made = pictures_of(reply)
    assert reply.options["hidden"] == 64 and made["damaged"].max() == 0 and made["filter"].max() == 0


def test_a_conditional_model_repairs_under_its_class() -> None:
    _, one = repaired("by-class", label=1)
    _, other = repaired("by-class", label=7)
    assert (pictures_of(one)["reconstruction"] != pictures_of(other)["reconstruction"]).any()


REFUSED = {
    "noise of no kind": ({"noise": {"kind": "fog"}}, "bad-options", "it must be one of none, gaussian"),
    "too strong": ({"noise": {"kind": "blur", "strength": 3}}, "bad-options", "it must lie in 0 to 1"),
    "strength as text": ({"noise": {"kind": "blur", "strength": "1"}}, "bad-options", "strength a number"),
    "noise as a list": ({"noise": [1]}, "bad-options", "an object of kind, strength and seed"),
    "another size": ({"body": b"123"}, "bad-shape", "The body has 3 bytes; a repair takes 1 picture of 64"),
    "no hole sent": ({"hole": True}, "bad-shape", "and its hole"),
    "too many draws": ({"draws": 1000}, "bad-options", "it must be from 1 to 64"),
    "keep as a number": ({"keep": 1}, "bad-options", "must be true or false"),
    "a class": ({"label": 3}, "bad-label", "not conditional"),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_what_cannot_be_repaired_is_refused_in_a_sentence(refused: str) -> None:
    options, reason, words = REFUSED[refused]
    with pytest.raises(BadMessage, match=words) as problem:
        repaired(**options)
    assert problem.value.reason == reason


# --- the fit


def wanted(name: str, **more) -> dict:
    image = digit_images(store.model(name).image_shape, 1)[0][0]
    return {"image": base64.b64encode(image.tobytes()).decode(), "noise": GAUSSIAN} | more


def post(starts: StartClient, name: str = "tiny-8d", **more):
    model = store.model(name)
    return starts._web.post(f"/live/repair/{name}/{model.weights}", json=wanted(name, **more))


def test_a_fit_tells_of_its_pictures_and_ends_nearer_than_it_began(started) -> None:
    image = digit_images((1, 8, 8), 1)[0][0]
    hole = np.zeros((8, 8), np.uint8)
    hole[:, 5:] = 1
    told: list[tuple] = []
    facts = latent_fit_task(
        started, "tiny-8d", image.tobytes(), hole.tobytes(), "none", 0.0, 0, 3, True, 0,
        report=lambda share, message="", partial=None: told.append((share, message, partial)),
    )  # fmt: skip
    first = next(partial for _, _, partial in told if partial)
    assert facts["cost"] < first["cost"] and (facts["step"], facts["steps"]) == (150, 150)
    assert [share for share, _, _ in told] == sorted(share for share, _, _ in told)
    picture = np.frombuffer(base64.b64decode(facts["picture"]), np.uint8).reshape(8, 8)
    np.testing.assert_array_equal(picture[hole == 0], image[0][hole == 0])
    assert len(facts["latent"]) == 8 and facts["psnr"] > 5


def test_a_fit_that_is_asked_for_is_a_job(starts: StartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict] = []

    class Done:
        state = "done"

        def result(self, timeout=None):
            return {"latent": [0.0], "picture": "", "cost": 1.0}

    monkeypatch.setattr("jobs.submit", lambda task, **arguments: asked.append({"task": task, **arguments}) or Done())
    found = post(starts, seed=4, keep=False).json()
    assert found["state"] == "ready" and found["cost"] == 1.0
    assert asked[0]["task"] == "latent_fit_task"
    assert (asked[0]["kind"], asked[0]["strength"], asked[0]["noise_seed"], asked[0]["seed"]) == ("gaussian", 0.4, 5, 4)
    assert asked[0]["hole"] is None and asked[0]["keep"] is False and len(asked[0]["image"]) == 64


WHOLE = base64.b64encode(b"\1" * 64).decode()


@pytest.mark.parametrize(
    ("more", "reason", "words"),
    [
        ({"hole": WHOLE}, "bad-request", "No pixel is visible: the hole covers all"),
        ({"image": "***"}, "bad-request", "image is no base64"),
        ({"image": "AAAA"}, "bad-shape", "image has 3 bytes; it must have 64"),
        ({"noise": {"kind": "fog"}}, "bad-request", "it must be one of"),
        ({"seed": -1}, "bad-request", "seed must be a whole number"),
        ({"label": 2}, "bad-label", "not conditional"),
        ({"colour": 2}, "bad-request", "The field colour is unknown"),
    ],
)
def test_a_fit_that_cannot_be_made_is_refused(starts: StartClient, more: dict, reason: str, words: str) -> None:
    refused = post(starts, **more)
    assert refusal(refused)[1] == reason
    assert words in refused.json()["message"]
