"""The Anatomy page through AppTest: what its component is told of each kind of model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import store
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.anatomy import component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "tiny", evaluation=False)
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False, evaluation=False)
    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, likelihood="bernoulli", evaluation=False)
    tiny_checkpoint(tmp_path, "point", model={"posterior": "point"}, likelihood="cross-entropy", evaluation=False)
    seen: dict[str, Any] = {}
    monkeypatch.setattr(component, "_page", lambda **told: seen.update(told))
    return seen


def test_it_tells_the_model_and_its_parts(drawn: dict[str, Any]) -> None:
    app = opened_page("anatomy", model="tiny")
    assert not app.exception
    told = drawn["data"]
    assert (told["model"], told["shape"], told["latent_dim"]) == ("tiny", [1, 8, 8], 2)
    assert told["images"] == len(store.model("tiny").latents) and not told["conditional"]
    assert (told["likelihood"], told["measure"], told["posterior"], told["prior"]) == (
        "gaussian",
        "density",
        "normal",
        "normal",
    )


def test_a_conditional_model_and_an_autoencoder_say_what_they_are(drawn: dict[str, Any]) -> None:
    opened_page("anatomy", model="by-class")
    assert drawn["data"]["conditional"] and len(drawn["data"]["classes"]) == 10 and drawn["data"]["binary"]
    opened_page("anatomy", model="point")
    assert drawn["data"]["posterior"] == "point" and drawn["data"]["measure"] == "none"


def test_without_encoded_images_it_opens_all_the_same(drawn: dict[str, Any]) -> None:
    app = opened_page("anatomy", model="tiny-bare")
    assert not app.exception and drawn["data"]["images"] == 0
