"""The page of the odd ones through AppTest: what its component is told, what is taken to the Map, the empty case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import store
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui import state
from ui.odd_ones import OnMap, component, odd_ones


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "tiny", evaluation=False)
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False, evaluation=False)
    seen: dict[str, Any] = {"answer": {}}
    monkeypatch.setattr(component, "_odd", lambda **told: (seen.update(told), seen["answer"])[1])
    return seen


def test_it_opens_with_one_sentence(drawn: dict[str, Any]) -> None:
    app = opened_page("odd", model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("The strangest images come first.")
    assert drawn["data"]["originals"] is True


def test_without_encoded_images_it_says_what_to_do(drawn: dict[str, Any]) -> None:
    app = opened_page("odd", model="tiny-bare")
    assert "has no encoded test images" in app.info[0].value and "data" not in drawn


def test_what_is_taken_to_the_map_is_of_the_present_weights(drawn: dict[str, Any]) -> None:
    model = store.model("tiny")
    drawn["answer"] = {"open": {"weights": model.weights, "source": "all", "selected": [4, 7]}}
    assert odd_ones(model, key="x") == OnMap("all", (4, 7), None)
    drawn["answer"] = {"open": {"weights": model.weights, "source": "reference", "group": "odd: KL"}}
    assert odd_ones(model, key="x") == OnMap("reference", (), "odd: KL")
    drawn["answer"] = {"open": {"weights": "0" * 16, "source": "reference", "selected": [1]}}
    assert odd_ones(model, key="x") is None


def test_a_selection_opens_the_map_with_it(drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple] = []
    monkeypatch.setattr(state, "open_page", lambda name, **parameters: opened.append((name, parameters)))
    drawn["answer"] = {"open": {"weights": store.model("tiny").weights, "source": "reference", "selected": [4, 7]}}
    opened_page("odd", model="tiny")
    assert opened == [("map", {"source": None, "selected": "4,7", "group": None})]
