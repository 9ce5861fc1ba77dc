"""The morph page through AppTest: what its component is told, the class, the empty case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.absent import without_original
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.model_data import PARTLY_ABSENT_NOTE
from ui.morph_path import component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny")
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False)
    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, count=60, evaluation=False)
    seen: dict[str, Any] = {"answer": {}}

    def called(**told: Any) -> dict[str, Any]:
        seen.update(told)
        return seen["answer"]

    monkeypatch.setattr(component, "_morph", called)
    return seen


def morph(**link: str) -> AppTest:
    return opened_page("morph", **link)


def test_it_opens_with_one_sentence_and_two_images_of_different_classes(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Drag along the path")
    first, second = drawn["data"]["start"]["keys"]
    assert first["words"] == "the encoding of image 0, label 0" or first["row"] == 0
    assert first["words"].rpartition(" ")[2] != second["words"].rpartition(" ")[2], "the labels differ"
    assert drawn["data"]["classes"] == []


def test_a_link_brings_the_morph_back(drawn: dict[str, Any]) -> None:
    morph(model="tiny", keys="4.9.2", path="slerp", t="0.3")
    start = drawn["data"]["start"]
    assert ([key["row"] for key in start["keys"]], start["path"], start["place"]) == ([4, 9, 2], "slerp", 0.3)


def test_a_link_that_does_not_fit_is_said(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny", path="bird", keys="9" * 5000)
    assert not app.exception
    assert any("must be one of linear" in caption.value for caption in app.caption)
    assert any("The link's key is" in caption.value for caption in app.caption)


def test_a_conditional_model_has_its_classes(drawn: dict[str, Any]) -> None:
    morph(model="by-class", label="3")
    assert len(drawn["data"]["classes"]) == 10 and drawn["data"]["start"]["label"] == 3


def test_the_link_of_the_model_before_is_not_looked_at(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny", keys="4.9")
    before = drawn["data"]["start"]
    app.session_state["model"] = "by-class"
    app.run()
    start = drawn["data"]["start"]
    assert start["id"] != before["id"]
    assert [key["row"] for key in start["keys"]] != [4, 9]


def test_a_reconstruction_is_not_called_an_image(drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    without_original(monkeypatch, row=3)
    morph(model="tiny", keys="0.3")
    assert drawn["data"]["note"] == PARTLY_ABSENT_NOTE


def test_without_encoded_images_it_says_so(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny-bare")
    assert not app.exception
    assert "no encoded test images" in app.info[0].value
    assert "data" not in drawn
