"""Chapters 6 and 8 of the Anatomy page: what their routes answer, against the core and against the formulas."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

import store
from live.anatomy.odd_row import odd_row
from live.anatomy.training import training_step
from live.answers import Refused
from tests.tiny import digit_images
from tools.running_app import PROJECT
from vae_core.data import load_images

SIGMA = 0.2


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, started) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(started))


def unpacked(packed: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["values"]), "<f4").reshape(packed["shape"]).astype(np.float64)


def asked(seed: int, step: int) -> dict:
    answer = {"reached": -1}
    while "reached" in answer:
        before, answer = answer["reached"], training_step(store.model("tiny-2d"), {"seed": seed, "step": step})
        assert answer.get("reached", step) > before
    return answer


def test_a_step_holds_every_tensor_and_they_belong_together() -> None:
    answer = asked(3, 4)
    tensors = {name: unpacked(packed) for name, packed in answer["tensors"].items()}
    digits = load_images("digits")
    assert np.allclose(tensors["images"], digits.pixels(np.array(answer["rows"])) / 255)
    assert answer["labels"] == digits.labels[answer["rows"]].tolist()
    assert np.allclose(tensors["latents"], tensors["mean"] + tensors["std"] * tensors["noise"], atol=1e-5)
    error = (tensors["images"] - tensors["picture"]) ** 2 / (2 * SIGMA**2)
    cost = error + math.log(SIGMA) + math.log(2 * math.pi) / 2
    assert np.allclose(tensors["cost_per_pixel"], cost, atol=1e-3)
    assert np.allclose(tensors["reconstruction"], cost.sum((1, 2, 3)), rtol=1e-4)
    kl = (tensors["std"] ** 2 + tensors["mean"] ** 2 - 1) / 2 - np.log(tensors["std"])
    assert np.allclose(tensors["kl_per_dimension"], kl, atol=1e-4)
    assert np.allclose(tensors["kl"], kl.sum(1), atol=1e-4)
    assert np.allclose(tensors["elbo"], -tensors["reconstruction"] - tensors["kl"], rtol=1e-4)
    assert unpacked(answer["batch_elbo"])[-1] == pytest.approx(tensors["elbo"].mean(), rel=1e-4)
    assert len(unpacked(answer["batch_elbo"])) == 4 and len(unpacked(answer["watched_elbo"])) == 5
    assert unpacked(answer["watched"]).shape == (200, 2) and len(answer["watched_labels"]) == 200


def test_the_words_of_the_page_tell_the_sizes_of_the_run() -> None:
    answer, run = asked(0, 1), store.small_run()
    folder = PROJECT / "live" / "static" / "anatomy"
    words = (folder / "texts" / "chapter-6.json").read_text(encoding="utf-8")
    module = (folder / "chapter-6.js").read_text(encoding="utf-8")
    weights = sum(unpacked(each["before"]).size for each in answer["weights"])
    assert f"{weights:,} weights" in words and f"{len(run.watched)} unseen images" in words
    assert "24 hidden units" in words and answer["tensors"]["encoder_hidden"]["shape"] == [16, 24]
    assert f"const BATCH = {answer['batch']};" in module and f"const MOST_STEPS = {answer['most']};" in module


def test_the_first_step_of_adam_moves_every_weight_by_the_learning_rate_uphill() -> None:
    answer = asked(0, 1)
    for each in answer["weights"]:
        gradient, change = unpacked(each["gradient"]), unpacked(each["change"])
        moved = np.abs(gradient) > 1e-5
        assert np.allclose(change[moved], answer["learning_rate"] * np.sign(gradient[moved]), rtol=1e-2)
    following = {each["name"]: unpacked(each["before"]) for each in asked(0, 2)["weights"]}
    for each in answer["weights"]:
        assert np.allclose(following[each["name"]], unpacked(each["before"]) + unpacked(each["change"]), atol=1e-6)


def test_a_decoded_place_is_what_numpy_makes_of_the_weights() -> None:
    model = store.model("tiny-2d")
    first, _, last, _ = model.vae.decoder
    latents = np.array([[0.5, -1.5], [2.0, 0.1]])
    weights = [each.detach().double().numpy() for each in (first.weight, first.bias, last.weight, last.bias)]
    hidden = latents @ weights[0].T + weights[1]
    hidden = hidden / (1 + np.exp(-hidden))  # SiLU
    picture = 255 / (1 + np.exp(-(hidden @ weights[2].T + weights[3])))
    decoded = model.decode(latents.astype(np.float32)).reshape(2, 64)
    assert np.abs(decoded - picture).max() < 0.51


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"seed": 0, "step": 0}, "step is 0; it must be a whole number from 1 to 600"),
        ({"seed": 0, "step": 601}, "step is 601; it must be a whole number from 1 to 600"),
        ({"seed": -1, "step": 1}, "seed is -1; it must be a whole number from 0 to"),
        ({"seed": True, "step": 1}, "seed is True"),
        ({"step": 1}, "seed is None"),
    ],
)
def test_a_step_that_is_none_is_refused(content: dict, words: str) -> None:
    with pytest.raises(Refused, match=words):
        training_step(store.model("tiny-2d"), content)


@pytest.mark.parametrize(("name", "seed"), [("tiny-2d", 11), ("tiny-8d", 12), ("tiny-1d", 13)])
def test_a_row_has_six_of_a_class_and_one_is_changed(name: str, seed: int) -> None:
    answer = odd_row(store.model(name), {"seed": seed})
    images, labels = digit_images()
    pictures = np.frombuffer(base64.b64decode(answer["pictures"]), np.uint8).reshape(6, 8, 8)
    assert len(set(answer["rows"])) == 6
    assert labels[answer["rows"]].tolist() == [answer["label"]] * 6
    for place, row in enumerate(answer["rows"]):
        changed = images[row, 0, :, ::-1] if seed == 12 else np.roll(images[row, 0], (4, 4), (0, 1))
        assert np.array_equal(pictures[place], changed if place == answer["odd"] else images[row, 0])
    assert answer["change"] == ("mirrored" if seed == 12 else "quarters")
    assert len(answer["costs"]) == 6 and answer["measure"] == "negative_elbo"
    assert answer == odd_row(store.model(name), {"seed": seed})
    assert answer["rows"] != odd_row(store.model(name), {"seed": seed + 2})["rows"]


def test_the_shipped_model_of_digits_finds_most_of_the_odd_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENT_EXPLORER_CHECKPOINTS")
    model = store.model("digits-2d")
    found = [odd_row(model, {"seed": seed}) for seed in range(1, 41, 2)]
    hits = sum(int(np.argmax(row["costs"])) == row["odd"] for row in found)
    assert hits >= 15


def test_a_row_without_images_or_with_a_bad_seed_is_refused() -> None:
    with pytest.raises(Refused, match=r"0 images of .* are on this machine; a row takes 6"):
        odd_row(store.model("tiny-colour"), {"seed": 1})
    with pytest.raises(Refused, match=r"seed is x; it must be a whole number from 0 to"):
        odd_row(store.model("tiny-2d"), {"seed": "x"})
