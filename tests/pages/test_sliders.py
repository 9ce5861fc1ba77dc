"""The sliders page through AppTest: what its component is told, for each kind of model and link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui import state
from ui.latent_sliders import component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with; "answer" is what it gives back."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny")
    tiny_checkpoint(tmp_path, "tiny-bernoulli", likelihood="bernoulli", latent_dim=3)
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False)
    seen: dict[str, Any] = {"answer": {}}
    monkeypatch.setattr(component, "_sliders", lambda **told: (seen.update(told), seen["answer"])[1])
    return seen


def made(values: list[float], start: str) -> dict[str, Any]:
    """What the component tells when the hand lets go."""
    return {"values": values, "row": 0, "label": None, "start": start}


def sliders(**link: str) -> AppTest:
    return opened_page("sliders", **link)


def test_it_opens_with_one_sentence_and_the_first_image(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Drag a slider")
    data = drawn["data"]
    assert (data["model"], data["start"]["row"], data["originals"]) == ("tiny", 0, True)
    assert len(data["ranges"]) == len(data["nats"]) == 2
    assert all(low < high for low, high in data["ranges"])
    assert data["start"]["words"].startswith("the encoding of image 0, label ")


def test_a_link_sets_the_sliders(drawn: dict[str, Any]) -> None:
    sliders(model="tiny", image="5", z="0.25,-1")
    assert drawn["data"]["start"]["latent"] == [0.25, -1.0]
    assert drawn["data"]["start"]["row"] == 5


def test_a_link_that_does_not_fit_is_said(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny", z="1,2,3")
    assert not app.exception
    assert any("has 3 numbers; this model has 2 dimensions" in caption.value for caption in app.caption)


def test_grey_values_are_spoken_of_only_where_training_saw_others(drawn: dict[str, Any]) -> None:
    sliders(model="tiny")
    assert "grey values" not in drawn["data"]["note"]
    sliders(model="tiny-bernoulli")
    assert "grey values" in drawn["data"]["note"]


def test_without_encoded_images_the_sliders_start_at_the_mean_of_the_prior(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny-bare")
    assert not app.exception
    data = drawn["data"]
    assert (data["images"], data["start"]["row"], data["start"]["latent"]) == (0, None, [0.0, 0.0])


def test_what_the_hand_let_go_of_is_kept_for_the_way_back(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny")
    drawn["answer"] = {"latent": made([0.5, 0.75], drawn["data"]["start"]["id"])}
    app.run()
    assert app.session_state[state.SLIDERS_LEFT].latent.tolist() == [0.5, 0.75]
    drawn["answer"] = {"latent": made([9.0, 9.0], "an earlier start")}
    app.run()
    assert app.session_state[state.SLIDERS_LEFT].latent.tolist() == [0.5, 0.75]


def test_an_edit_of_an_earlier_visit_to_the_model_does_not_come_back(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny")
    first = drawn["data"]["start"]
    drawn["answer"] = {"latent": made([0.5, 0.75], first["id"])}
    app.run()
    picker = next(box for box in app.selectbox if box.key == state.MODEL)
    picker.select("tiny-bare").run()
    next(box for box in app.selectbox if box.key == state.MODEL).select("tiny").run()
    assert drawn["data"]["start"]["latent"] == first["latent"], "the component shows the first image again"
    assert drawn["data"]["start"]["id"] != first["id"]
    left = app.session_state[state.SLIDERS_LEFT].latent.tolist()
    assert left == pytest.approx(first["latent"], abs=1e-4), "and that is the place to come back to"


def test_choosing_another_model_blames_no_link(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny", image="5", z="1,1")
    app.query_params["image"] = "4000"
    next(box for box in app.selectbox if box.key == state.MODEL).select("tiny-bernoulli").run()
    assert not app.exception
    assert drawn["data"]["start"]["row"] == 0
    assert not [caption for caption in app.caption if "link" in caption.value]


def test_a_number_of_thousands_of_figures_is_refused_in_words(drawn: dict[str, Any]) -> None:
    app = sliders(model="tiny", image="9" * 5000)
    assert any("the test split has rows 0 to" in caption.value for caption in app.caption)


def test_a_model_that_is_not_there_is_said_and_nothing_is_drawn(drawn: dict[str, Any]) -> None:
    app = sliders(model="nobody")
    assert not app.exception
    assert "There is no model" in app.error[0].value
    assert "data" not in drawn
