"""The map page through AppTest: what its component is told, the principal plane, a click that opens, empty cases."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import numpy as np
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


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_it_opens_with_one_sentence_and_every_encoded_image(drawn: dict[str, Any]) -> None:
    app = the_map(model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Move over the map")
    data, latents = drawn["data"], store.model("tiny").latents
    assert np.array_equal(floats(data["plane"]["x"]), latents.mean[:, 0])
    assert np.array_equal(floats(data["plane"]["y"]), latents.mean[:, 1])
    assert np.array_equal(np.frombuffer(base64.b64decode(data["labels"]), "<i2"), latents.label)
    assert np.array_equal(floats(data["kl"]), latents.kl)
    assert data["colours"] == list(CLASS_COLOURS)
    assert "whole latent space" in data["words"]


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


def test_a_number_of_thousands_of_figures_is_refused_in_words(drawn: dict[str, Any]) -> None:
    app = the_map(model="tiny-8d", x="9" * 5000, y="1")
    assert not app.exception
    assert any("two different dimensions from 1 to 8" in caption.value for caption in app.caption)


def test_a_link_chooses_two_dimensions(drawn: dict[str, Any]) -> None:
    the_map(model="tiny-8d", x="7", y="2")
    assert drawn["data"]["plane"]["id"] == "6,1"


def test_the_principal_plane_comes_from_a_worker_and_something_is_shown_meanwhile(drawn: dict[str, Any]) -> None:
    app = the_map(model="tiny-8d", plane="pca")
    assert not app.exception
    assert drawn["data"]["choice"]["kind"] == "pca"
    deadline = time.monotonic() + 60
    while drawn["data"]["plane"]["id"] != "pca" and time.monotonic() < deadline:
        assert "other 6 dimensions" in drawn["data"]["words"], "the words must fit the plane that is shown"
        time.sleep(0.2)
        app.run()
    assert drawn["data"]["plane"]["id"] == "pca"
    assert "principal components" in drawn["data"]["words"]


def test_a_click_opens_the_image_in_sliders(drawn: dict[str, Any]) -> None:
    drawn["answer"] = {"open": {"weights": "others", "row": 7}}
    app = the_map(model="tiny")
    assert "image" not in app.query_params
    drawn["answer"] = {"open": {"weights": store.model("tiny").weights, "row": 7}}
    app.run()
    assert not app.exception
    assert app.query_params["image"] == "7"


@pytest.mark.parametrize(("model", "words"), [("tiny-1d", "a map needs 2"), ("tiny-bare", "no encoded test images")])
def test_a_model_without_a_plane_is_said_in_words(drawn: dict[str, Any], model: str, words: str) -> None:
    app = the_map(model=model)
    assert not app.exception
    assert words in app.info[0].value
    assert "data" not in drawn
