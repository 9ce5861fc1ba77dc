"""Where the sliders begin: links, rows, what a visitor left behind; and what of a link is refused, in which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from store import LoadedModel
from ui.latent_sliders import Place, identity, latent_from_link, row_from_link, starting_point


@pytest.fixture
def model(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tiny_root))
    return store.model("tiny-2d")


def test_without_a_choice_it_starts_at_the_code_of_the_first_image(model: LoadedModel) -> None:
    start = starting_point(model, {})
    assert (start.row, start.edited, start.problem) == (0, False, "")
    assert np.array_equal(start.latent, model.latents.mean[0])


def test_a_link_brings_back_the_image_and_the_latent_made_of_it(model: LoadedModel) -> None:
    start = starting_point(model, {"image": "3", "z": "1.5,-0.25"})
    assert (start.row, start.edited) == (3, True)
    assert start.latent.tolist() == [1.5, -0.25]
    assert starting_point(model, {"image": "3"}).latent.tolist() == model.latents.mean[3].tolist()


def test_an_asked_row_wins_when_it_is_meant_for_these_weights(model: LoadedModel) -> None:
    asked = {"row": 5, "ask": 17, "weights": model.weights}
    start = starting_point(model, {"z": "1,1"}, asked=asked)
    assert (start.row, start.edited) == (5, False)
    assert start.id != starting_point(model, {"z": "1,1"}, asked=asked | {"ask": 18}).id
    assert starting_point(model, {"z": "1,1"}, asked=asked | {"weights": "others"}).latent.tolist() == [1, 1]
    assert starting_point(model, {}, asked=asked | {"row": len(model.latents)}).row == 0


def test_a_visitor_comes_back_to_where_they_left(model: LoadedModel) -> None:
    left = Place(identity(model), np.float32([0.5, 2.0]), 4)
    start = starting_point(model, {}, left)
    assert (start.row, start.latent.tolist(), start.edited) == (4, [0.5, 2.0], True)


def test_another_models_latent_is_not_taken_over(model: LoadedModel) -> None:
    left = Place("another", np.float32([0.5, 2.0]), 4)
    start = starting_point(model, {"z": "0.5,2", "image": "4"}, left)
    assert (start.row, start.edited, start.problem) == (0, False, "")
    assert start.latent.tolist() == model.latents.mean[0].tolist()


def test_another_models_image_is_not_blamed_on_the_link(model: LoadedModel) -> None:
    assert starting_point(model, {"image": "999999"}, Place("another", np.float32([0, 0]), 4)).problem == ""


def test_each_visit_to_a_model_has_starts_of_its_own(model: LoadedModel) -> None:
    asked = {"row": 5, "ask": 17, "weights": model.weights}
    here = Place(identity(model), np.float32([0, 0]), 0, visit=1)
    away = Place("another", np.float32([0, 0]), 0, visit=1)
    assert starting_point(model, {}, here).id == starting_point(model, {}, here).id
    assert starting_point(model, {}, here).id != starting_point(model, {}, away).id
    assert starting_point(model, {}, here, asked).id != starting_point(model, {}, away, asked).id


def test_the_start_keeps_its_name_while_the_hand_moves_on(model: LoadedModel) -> None:
    """The component jumps when the name changes: a drag that changes the link must not be thrown back."""
    assert starting_point(model, {"z": "1,1"}).id == starting_point(model, {"z": "2,2", "image": "1"}).id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3", "has 3 numbers; this model has 2 dimensions"),
        ("1", "has 1 numbers"),
        ("a,b", "not a list of numbers"),
        ("", "not a list of numbers"),
        ("nan,0", "not within ±10000"),
        ("inf,0", "not within ±10000"),
        ("1e30,0", "not within ±10000"),
    ],
)
def test_an_unusable_latent_is_refused_in_words(model: LoadedModel, text: str, words: str) -> None:
    with pytest.raises(ValueError, match="link's z") as refusal:
        latent_from_link(text, 2)
    assert words in str(refusal.value)
    start = starting_point(model, {"z": text})
    assert start.problem == str(refusal.value)
    assert start.row == 0


@pytest.mark.parametrize("text", ["-1", "9999999", "x", "1.5", "", "²", "9" * 5000])
def test_an_unusable_row_is_refused_in_words(model: LoadedModel, text: str) -> None:
    rows = len(model.latents)
    with pytest.raises(ValueError, match=f"rows 0 to {rows - 1}"):
        row_from_link(text, rows)
    assert starting_point(model, {"image": text}).row == 0
