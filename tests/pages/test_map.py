"""The map page through AppTest: what its component is told, what is opened from it, empty cases."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import store
from tests.pages.absent import without_original
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.latent_map import component
from ui.model_data import GREY_NOTE
from ui.theme import CLASS_COLOURS


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny")
    tiny_checkpoint(tmp_path, "tiny-8d", latent_dim=8)
    tiny_checkpoint(tmp_path, "tiny-1d", latent_dim=1)
    tiny_checkpoint(tmp_path, "tiny-bernoulli", likelihood="bernoulli")
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False)
    seen: dict[str, Any] = {"answer": {}}
    monkeypatch.setattr(component, "_map", lambda **told: (seen.update(told), seen["answer"])[1])
    return seen


def the_map(**link: str) -> AppTest:
    return opened_page("map", **link)


def opens(model: str, **what: Any) -> dict[str, Any]:
    return {"open": {"weights": store.model(model).weights, **what}}


def test_it_opens_with_one_sentence_and_tells_the_component_little(drawn: dict[str, Any]) -> None:
    app = the_map(model="tiny-8d")
    assert not app.exception
    assert app.markdown[0].value.startswith("Each dot is an image.")
    data, model = drawn["data"], store.model("tiny-8d")
    assert (data["model"], data["weights"], data["latent_dim"]) == ("tiny-8d", model.weights, 8)
    assert sorted(data["order"]) == list(range(8))
    assert data["colours"] == list(CLASS_COLOURS)
    assert len(json.dumps(data)) < 3000 + 2 * len(model.latents), "points and columns come over the live routes"


def test_an_image_whose_original_is_missing_is_marked(drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    the_map(model="tiny")
    assert set(base64.b64decode(drawn["data"]["originals"])) == {1}
    without_original(monkeypatch, row=3)
    the_map(model="tiny")
    originals = base64.b64decode(drawn["data"]["originals"])
    assert (originals[3], sum(originals)) == (0, len(originals) - 1)


def test_grey_values_are_spoken_of_where_training_saw_others(drawn: dict[str, Any]) -> None:
    the_map(model="tiny")
    assert drawn["data"]["note"] == ""
    the_map(model="tiny-bernoulli")
    assert GREY_NOTE in drawn["data"]["note"]


def test_a_conditional_model_names_its_classes(drawn: dict[str, Any], tmp_path: Path) -> None:
    the_map(model="tiny")
    assert drawn["data"]["classes"] == []
    tiny_checkpoint(tmp_path, "tiny-classes", model={"classes": 10})
    the_map(model="tiny-classes")
    assert drawn["data"]["classes"] == list("0123456789")


def test_an_image_opens_in_sliders(drawn: dict[str, Any]) -> None:
    drawn["answer"] = {"open": {"weights": "others", "page": "sliders", "row": 7}}
    app = the_map(model="tiny")
    assert "image" not in app.query_params
    drawn["answer"] = opens("tiny", page="sliders", row=7)
    app.run()
    assert not app.exception
    assert app.query_params["image"] == "7"


def test_a_place_opens_in_sliders_by_its_latent(drawn: dict[str, Any]) -> None:
    drawn["answer"] = opens("tiny", page="sliders", latent=[0.5, -1.25])
    app = the_map(model="tiny")
    assert not app.exception
    assert app.query_params["z"] == "0.5000,-1.2500"


def test_an_image_is_where_a_morph_begins(drawn: dict[str, Any]) -> None:
    drawn["answer"] = opens("tiny", page="morph", row=5)
    app = the_map(model="tiny")
    assert not app.exception
    assert app.query_params["a"] == "5"


def test_a_group_becomes_a_direction_on_attributes(drawn: dict[str, Any]) -> None:
    drawn["answer"] = opens("tiny", page="attributes", group="selection 1")
    app = the_map(model="tiny")
    assert not app.exception
    assert app.query_params["group"] == "selection 1"


def test_no_other_page_is_opened(drawn: dict[str, Any]) -> None:
    drawn["answer"] = opens("tiny", page="train", row=5)
    app = the_map(model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Each dot is an image.")


@pytest.mark.parametrize(("model", "words"), [("tiny-1d", "a map needs 2"), ("tiny-bare", "no encoded test images")])
def test_a_model_without_a_map_is_said_in_words(drawn: dict[str, Any], model: str, words: str) -> None:
    app = the_map(model=model)
    assert not app.exception
    assert words in app.info[0].value
    assert "data" not in drawn
