"""The Attributes page through AppTest: what its component is told, and where a picture is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import store
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.attribute_sliders import component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny", count=20)
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False, model={"classes": 10})
    seen: dict[str, Any] = {"answer": {}}
    monkeypatch.setattr(component, "_attributes", lambda **told: (seen.update(told), seen["answer"])[1])
    return seen


def attributes(**link: str) -> AppTest:
    app = opened_page("attributes", **link)
    assert not app.exception
    return app


def test_it_opens_with_one_sentence_and_names_labels_and_classes(drawn: dict[str, Any]) -> None:
    assert attributes(model="tiny").markdown[0].value.startswith("Drag a slider")
    data = drawn["data"]
    assert (data["latent_dim"], data["images"], data["labels"], data["classes"]) == (2, 20, list("0123456789"), [])
    assert data["models"] == ["tiny-bare"] and data["originals"] is True


def test_a_model_without_images_still_opens(drawn: dict[str, Any]) -> None:
    attributes(model="tiny-bare")
    assert (drawn["data"]["images"], drawn["data"]["labels"]) == (0, [])
    assert drawn["data"]["classes"] == list("0123456789")


def test_a_picture_goes_to_sliders_bit_for_bit(drawn: dict[str, Any]) -> None:
    taken = {"z": "0.123456789,-1e-8", "keys": "zAAA.zBBB", "label": None}
    drawn["answer"] = {"open": {"weights": store.model("tiny").weights, "page": "sliders", **taken}}
    assert attributes(model="tiny").query_params["z"] in ("0.123456789,-1e-8", ["0.123456789,-1e-8"])
    drawn["answer"]["open"]["page"] = "morph"
    assert attributes(model="tiny").query_params["keys"] in ("zAAA.zBBB", ["zAAA.zBBB"])
    drawn["answer"]["open"]["weights"] = "others"
    assert "z" not in attributes(model="tiny").query_params
