"""The Generate page through AppTest: what its component is told, and where a sample is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import store
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.sample_sheet import component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny", count=20)
    tiny_checkpoint(tmp_path, "tiny-cost", likelihood="cross-entropy", count=20, model={"classes": 10})
    tiny_checkpoint(tmp_path, "tiny-mixed", model={"prior": "mixture", "prior_components": 3}, latents=False)
    seen: dict[str, Any] = {"answer": {}}
    monkeypatch.setattr(component, "_sheet", lambda **told: (seen.update(told), seen["answer"])[1])
    return seen


def generate(**link: str) -> AppTest:
    app = opened_page("generate", **link)
    assert not app.exception
    return app


def test_it_opens_with_one_sentence_and_tells_what_can_be_drawn(drawn: dict[str, Any]) -> None:
    app = generate(model="tiny")
    assert app.markdown[0].value.startswith("Drag the temperature")
    data = drawn["data"]
    assert (data["prior_label"], data["density"], data["drawable"], data["data_here"]) == (
        "Standard normal",
        False,
        True,
        True,
    )
    assert data["classes"] == [] and len(json.dumps(data)) < 1500
    assert data["labelled"] and data["conditional"] == "tiny-cost", "who wants a class is told which model takes one"


def test_a_model_without_a_likelihood_or_latents_is_told(drawn: dict[str, Any]) -> None:
    generate(model="tiny-cost")
    assert drawn["data"]["drawable"] is False and drawn["data"]["classes"] == list("0123456789")
    assert not drawn["data"]["labelled"] and drawn["data"]["conditional"] is None
    generate(model="tiny-mixed")
    assert (drawn["data"]["prior_label"], drawn["data"]["images"]) == ("Gaussian mixture", 0)


@pytest.mark.parametrize(
    ("page", "parameter", "value"), [("sliders", "z", "0.5,-1.25"), ("morph", "keys", "zAAA.zBBB"), ("map", "pin", "7")]
)
def test_a_sample_is_taken_to_another_page(drawn: dict[str, Any], page: str, parameter: str, value: str) -> None:
    weights = store.model("tiny").weights
    drawn["answer"] = {
        "open": {"weights": weights, "page": page, "z": "0.5,-1.25", "keys": "zAAA.zBBB", "label": None, "row": 7}
    }
    app = generate(model="tiny")
    assert app.query_params[parameter] in (value, [value])


def test_what_was_opened_under_other_weights_is_left(drawn: dict[str, Any]) -> None:
    drawn["answer"] = {"open": {"weights": "others", "page": "sliders", "z": "1,2", "label": None, "row": 7}}
    assert "z" not in generate(model="tiny").query_params
