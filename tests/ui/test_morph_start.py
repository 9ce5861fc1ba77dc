"""Where the morph begins: from the link, and without one; what of a link cannot be used."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

import store
from store import LoadedModel
from tests.tiny import tiny_checkpoint
from ui.morph_path import MorphStart, starting_morph


@pytest.fixture
def model(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tiny_root))
    return store.model("tiny-8d")


def rows(start: MorphStart) -> list[int | None]:
    return [key.row for key in start.keys]


def linked(latent: np.ndarray) -> str:
    return "z" + base64.urlsafe_b64encode(latent.astype("<f4").tobytes()).decode().rstrip("=")


def test_without_a_link_two_images_of_different_classes_are_taken(model: LoadedModel) -> None:
    start = starting_morph(model, {})
    labels = model.latents.label
    assert rows(start)[0] == 0 and labels[rows(start)[1]] != labels[0]
    assert (start.given, start.path, start.compare, start.problem) == (False, "linear", ("linear", "slerp"), "")


def test_a_link_brings_everything_back_bit_for_bit(model: LoadedModel) -> None:
    latent = np.random.default_rng(0).standard_normal(8).astype(np.float32)
    link = {"keys": f"3.{linked(latent)}.5", "path": "spline", "compare": "spline.data", "pace": "even", "t": "0.25"}
    start = starting_morph(model, link | {"mode": "palette", "at": "0.1,0.9", "weights": model.weights})
    assert start.given and rows(start) == [3, None, 5]
    assert np.array_equal(start.keys[1].latent, latent) and np.array_equal(start.keys[0].latent, model.latents.mean[3])
    assert (start.path, start.compare, start.pace, start.mode) == ("spline", ("spline", "data"), "even", "palette")
    assert (start.place, start.spot, start.problem) == (0.25, (0.1, 0.9), "")


def test_an_image_of_the_map_is_the_first_key(model: LoadedModel) -> None:
    start = starting_morph(model, {"a": "5"})
    assert start.given and rows(start)[0] == 5 and len(start.keys) == 2


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"keys": "4.99999"}, "The link's key is '99999'; the test split has rows 0 to"),
        ({"keys": "4.z!!"}, "It is left out"),
        ({"keys": "4.zAAAA"}, "is no latent; it is left out"),
        ({"keys": f"4.{linked(np.zeros(3))}"}, "A key of the link has 3 numbers; this model has 8 dimensions"),
        ({"keys": f"4.{linked(np.full(8, np.nan))}"}, "a number that is not within ±10000"),
        ({"keys": ".".join("123456789")}, "The link has 9 keys; at most 8 are taken"),
        ({"a": "-1"}, "The link's a is '-1'; the test split has rows 0 to"),
        ({"path": "bird"}, "The link's path is 'bird'; it must be one of linear, slerp, spline, data, geodesic"),
        ({"weights": "0123456789abcdef"}, "so the same keys give other pictures"),
        ({"label": "3"}, "This model is not conditional"),
    ],
)
def test_an_unusable_link_is_said_in_words(model: LoadedModel, link: dict[str, str], words: str) -> None:
    start = starting_morph(model, link)
    if words != "It is left out":
        assert words in start.problem
    assert start.problem and start.keys


@pytest.mark.parametrize(("text", "place"), [("2", 1.0), ("-1", 0.0), ("x", 0.5), ("nan", 0.5), ("inf", 1.0)])
def test_the_place_stays_on_the_path(model: LoadedModel, text: str, place: float) -> None:
    assert starting_morph(model, {"t": text}).place == place


def test_a_conditional_model_begins_with_the_class_of_its_first_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, count=60, evaluation=False)
    model = store.model("by-class")
    assert starting_morph(model, {"keys": "4.5"}).label == model.latents.label[4]
    assert starting_morph(model, {"keys": "4.5", "label": "7"}).label == 7
