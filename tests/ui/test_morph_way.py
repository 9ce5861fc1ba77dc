"""Which morph is shown: from the link, from the hand, and without either; what its path is."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

import store
from store import LoadedModel
from ui.morph_path import GIF_FRAMES, POINTS, Morph, chosen_morph, gif_latents, morph_data, path_latents

LABELS = np.int16([4, 4, 7, 4])


@pytest.fixture
def model(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tiny_root))
    return store.model("tiny-8d")


def test_without_a_choice_two_images_of_different_classes_are_taken() -> None:
    assert chosen_morph(4, LABELS, {}) == Morph(0, 2, "linear")
    assert chosen_morph(4, None, {}) == Morph(0, 1, "linear")
    assert chosen_morph(1, None, {}) == Morph(0, 0, "linear")
    assert chosen_morph(2, np.int16([1, 1]), {}).b == 1


def test_a_link_brings_the_morph_back() -> None:
    assert chosen_morph(4, LABELS, {"a": "3", "b": "1", "path": "slerp", "t": "0.25"}) == Morph(3, 1, "slerp", 0.25)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"a": "4"}, "The link's a is '4'; the test split has rows 0 to 3. Row 0 is shown."),
        ({"b": "-1"}, "The link's b is '-1'; the test split has rows 0 to 3. Row 2 is shown."),
        ({"path": "geodesic"}, "The link's path is 'geodesic'; it must be linear or slerp. Linear is shown."),
    ],
)
def test_an_unusable_link_is_said_in_words(link: dict[str, str], words: str) -> None:
    morph = chosen_morph(4, LABELS, link)
    assert (morph.a, morph.b, morph.path) == (0, 2, "linear")
    assert morph.problem == words


@pytest.mark.parametrize(("text", "place"), [("2", 1.0), ("-1", 0.0), ("x", 0.5), ("nan", 0.5), ("inf", 1.0)])
def test_the_place_stays_on_the_path(text: str, place: float) -> None:
    assert chosen_morph(4, LABELS, {"t": text}).place == place


def test_the_hand_wins_over_the_link() -> None:
    asked = {"a": 1, "b": 2, "path": "slerp"}
    assert chosen_morph(4, LABELS, {"a": "3", "t": "1"}, asked) == Morph(1, 2, "slerp", 1.0)
    assert chosen_morph(4, LABELS, {"a": "3"}, asked | {"b": 9}).a == 3


@pytest.mark.parametrize("kind", ["linear", "slerp"])
def test_the_browser_gets_a_path_whose_ends_are_the_codes(model: LoadedModel, kind: str) -> None:
    data = morph_data(model, Morph(2, 6, kind))
    path = np.frombuffer(base64.b64decode(data["path"]["latents"]), "<f4").reshape(POINTS, model.latent_dim)
    assert np.array_equal(path[0], model.latents.mean[2])
    assert np.array_equal(path[-1], model.latents.mean[6])


def test_between_the_points_of_a_slerp_the_straight_way_is_as_good(model: LoadedModel) -> None:
    """The browser walks straight between neighbours: half-way it is where a path of twice the points would be."""
    morph = Morph(2, 6, "slerp")
    coarse, fine = path_latents(model, morph, POINTS), path_latents(model, morph, 2 * POINTS - 1)
    between = (coarse[:-1] + coarse[1:]) / 2
    size = np.linalg.norm(coarse, axis=1).max()
    assert np.abs(between - fine[1::2]).max() < 1e-4 * size


def test_the_gif_goes_there_and_back_without_a_double_frame(model: LoadedModel) -> None:
    frames = gif_latents(model, Morph(2, 6, "linear"))
    assert len(frames) == 2 * GIF_FRAMES - 2
    assert np.array_equal(frames[0], model.latents.mean[2])
    assert np.array_equal(frames[GIF_FRAMES - 1], model.latents.mean[6])
    steps = np.linalg.norm(np.diff(np.concatenate([frames, frames[:1]]), axis=0), axis=1)
    assert (steps > 0).all()
