"""The gallery page through AppTest: opens, choosing, empty and broken folders, runs under way."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import SHELL
from tests.tiny import tiny_checkpoint
from ui import state
from vae_core.training.run_folder import first_status, write_status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def gallery() -> AppTest:
    return AppTest.from_file(SHELL, default_timeout=30).run()


def labels(app: AppTest) -> list[str]:
    """The labels of the page's own links, after those of the row above every page."""
    return [link.proto.label for link in app.get("page_link")][len(state.PAGES) :]


def test_it_opens_with_one_sentence_on_what_to_do_and_the_ways_on(root: Path) -> None:
    tiny_checkpoint(root, "tiny")
    app = gallery()
    assert not app.exception
    assert app.markdown[0].value.startswith("Choose a model")
    assert labels(app) == ["Sliders", "Map", "Morph"]
    assert any("higher is better" in caption.value for caption in app.caption)


def test_the_cards_are_the_models_with_the_chosen_one_marked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.gallery_cards import component

    drawn: dict = {}

    def cards(**arguments: object) -> SimpleNamespace:
        drawn.update(arguments)
        return SimpleNamespace(opened=None)

    monkeypatch.setattr(component, "_cards", cards)
    for name in ("beta", "alpha"):
        tiny_checkpoint(root, name)
    app = gallery()
    assert [card["name"] for card in drawn["data"]["cards"]] == ["alpha", "beta"]
    assert drawn["data"]["chosen"] == "alpha"
    next(box for box in app.selectbox if box.key == state.MODEL).select("beta").run()
    assert drawn["data"]["chosen"] == "beta"


def test_the_companions_of_anatomy_stand_below_the_other_models(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.gallery_cards import component

    drawn: list[dict] = []

    def cards(**arguments: object) -> SimpleNamespace:
        drawn.append(arguments)
        return SimpleNamespace(opened=None)

    monkeypatch.setattr(component, "_cards", cards)
    for name in ("digits-2d-beta-3", "digits-ae-2d", "mine"):
        tiny_checkpoint(root, name)
    app = gallery()
    assert not app.exception
    assert [[card["name"] for card in each["data"]["cards"]] for each in drawn] == [
        ["mine"],
        ["digits-ae-2d", "digits-2d-beta-3"],
    ]
    assert any("Companions of Anatomy" in text.value for text in app.markdown)
    assert next(box for box in app.selectbox if box.key == state.MODEL).options[-1] == "digits-2d-beta-3"


def test_without_models_it_says_how_to_get_the_first(root: Path) -> None:
    app = gallery()
    assert not app.exception
    assert "There is no model here yet" in app.info[0].value
    assert labels(app) == ["Train a model"]


def test_a_broken_folder_is_listed_with_its_reason_beside_the_good_ones(root: Path) -> None:
    tiny_checkpoint(root, "good")
    (tiny_checkpoint(root, "bad") / "config.json").write_text("{")
    app = gallery()
    assert not app.exception
    assert app.expander[0].label == "1 of the folders cannot be opened"
    assert "bad" in app.expander[0].markdown[0].value
    assert "config" in app.expander[0].markdown[0].value


def test_a_model_whose_damage_shows_only_when_it_is_opened_does_not_vanish(root: Path) -> None:
    tiny_checkpoint(root, "good")
    latents = tiny_checkpoint(root, "bad") / "latents.npz"
    latents.write_bytes(latents.read_bytes()[:300])
    app = gallery()
    assert not app.exception
    assert app.expander[0].label == "1 of the folders cannot be opened"
    assert "latents" in app.expander[0].markdown[0].value


def test_the_note_says_what_active_and_a_negative_elbo_mean(root: Path) -> None:
    tiny_checkpoint(root, "tiny")
    note = gallery().caption[-1].value
    assert "variance of the posterior mean over the test images is above 0.01" in note
    assert "can exceed 1" in note


def test_a_run_under_way_is_no_broken_folder_but_a_link(root: Path) -> None:
    tiny_checkpoint(root, "good")
    write_status(root / "growing", first_status("running", 20, "python -m vae_core train"))
    app = gallery()
    assert "growing is being trained: epoch 0 of 20" in labels(app)
    assert not app.expander
