"""Where the sliders begin: links, rows, what a visitor left behind; and what of a link is refused, in which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from store import LoadedModel
from tests.tiny import tiny_checkpoint
from ui.latent_sliders import Place, identity, latent_from_link, row_from_link, starting_point


@pytest.fixture
def model(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tiny_root))
    return store.model("tiny-2d")


def test_without_a_choice_it_starts_at_the_code_of_the_first_image(model: LoadedModel) -> None:
    start = starting_point(model, {})
    assert (start.row, start.problem) == (0, "")
    assert np.array_equal(start.latent, model.latents.mean[0])


def test_a_link_brings_back_the_image_and_the_latent_made_of_it(model: LoadedModel) -> None:
    start = starting_point(model, {"image": "3", "z": "1.5,-0.25"})
    assert (start.row, start.problem) == (3, "")
    assert start.latent.tolist() == [1.5, -0.25]
    assert starting_point(model, {"image": "3"}).latent.tolist() == model.latents.mean[3].tolist()


def test_a_visitor_comes_back_to_where_they_left(model: LoadedModel) -> None:
    left = Place(identity(model), np.float32([0.5, 2.0]), 4)
    start = starting_point(model, {}, left)
    assert (start.row, start.latent.tolist(), start.label) == (4, [0.5, 2.0], None)


def test_another_models_latent_is_not_taken_over(model: LoadedModel) -> None:
    left = Place("another", np.float32([0.5, 2.0]), 4)
    start = starting_point(model, {"z": "0.5,2", "image": "4"}, left)
    assert (start.row, start.problem) == (0, "")
    assert start.latent.tolist() == model.latents.mean[0].tolist()


def test_another_models_image_is_not_blamed_on_the_link(model: LoadedModel) -> None:
    assert starting_point(model, {"image": "999999"}, Place("another", np.float32([0, 0]), 4)).problem == ""


def test_each_visit_to_a_model_has_starts_of_its_own(model: LoadedModel) -> None:
    here = Place(identity(model), np.float32([0, 0]), 0, visit=1)
    away = Place("another", np.float32([0, 0]), 0, visit=1)
    assert starting_point(model, {}, here).id == starting_point(model, {}, here).id
    assert starting_point(model, {}, here).id != starting_point(model, {}, away).id


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


def test_a_latent_comes_through_a_link_bit_for_bit() -> None:
    latent = np.float32([1 / 3, -2.5e-7, 123.456, np.pi])
    text = ",".join(repr(float(value)) for value in latent)
    assert latent_from_link(text, 4).tobytes() == latent.tobytes()


def test_locks_come_with_the_link_and_strange_ones_are_refused_in_words(model: LoadedModel) -> None:
    assert starting_point(model, {"lock": "1"}).locked == (1,)
    assert starting_point(model, {"lock": "1,0,1"}).locked == (1, 0)
    for text in ("2", "-1", "x", "", "0,,1"):
        start = starting_point(model, {"lock": text, "z": "1,2"})
        assert start.locked == ()
        assert "dimensions run from 0 to 1" in start.problem
        assert start.latent.tolist() == [1, 2], "the rest of the link is used"


def test_a_link_of_other_weights_is_opened_and_said(model: LoadedModel) -> None:
    start = starting_point(model, {"z": "1,2", "weights": "0123456789abcdef"})
    assert start.latent.tolist() == [1, 2]
    assert "made with other weights" in start.problem and "0123456789abcdef" in start.problem
    assert starting_point(model, {"z": "1,2", "weights": model.weights}).problem == ""


def test_a_class_is_refused_by_a_model_without_classes(model: LoadedModel) -> None:
    start = starting_point(model, {"label": "1"})
    assert start.label is None
    assert "not conditional" in start.problem


def test_a_conditional_model_starts_with_the_class_of_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "conditional", model={"classes": 10})
    model = store.model("conditional")
    assert starting_point(model, {"image": "3"}).label == int(model.latents.label[3])
    assert starting_point(model, {"image": "3", "label": "2"}).label == 2
    refused = starting_point(model, {"label": "10"})
    assert "knows 0 to 9" in refused.problem and refused.label == int(model.latents.label[0])
    left = Place(identity(model), np.float32([0, 0]), 1, label=3)
    assert starting_point(model, {}, left).label == 3
