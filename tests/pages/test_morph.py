"""The morph page through AppTest: what its component is told, the GIF, the empty case."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import store
from tests.pages.absent import without_original
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui import state
from ui.model_data import PARTLY_ABSENT_NOTE
from ui.morph_path import GIF_FRAMES, component


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "no-data"))
    tiny_checkpoint(tmp_path, "tiny")
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False)
    seen: dict[str, Any] = {}
    monkeypatch.setattr(component, "_morph", lambda **told: seen.update(told))
    return seen


def morph(**link: str) -> AppTest:
    return opened_page("morph", **link)


def test_it_opens_with_one_sentence_and_two_images_of_different_classes(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Drag along the path")
    data = drawn["data"]
    assert data["a"]["row"] == 0
    assert data["a"]["label"] != data["b"]["label"]
    assert (data["path"]["kind"], data["place"]) == ("linear", 0.5)


def test_a_link_brings_the_morph_back(drawn: dict[str, Any]) -> None:
    morph(model="tiny", a="4", b="9", path="slerp", t="0.3")
    data = drawn["data"]
    assert (data["a"]["row"], data["b"]["row"], data["path"]["kind"], data["place"]) == (4, 9, "slerp", 0.3)


def test_a_link_that_does_not_fit_is_said(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny", path="geodesic")
    assert not app.exception
    assert any("must be linear or slerp" in caption.value for caption in app.caption)


def test_the_gif_is_made_by_a_worker_and_is_the_whole_morph(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny")
    assert not app.get("download_button")
    app.button(key=state.MORPH_GIF_MAKE).click().run()
    assert not app.exception
    deadline = time.monotonic() + 60
    while not app.get("download_button") and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert app.get("download_button"), "no GIF after a minute"
    made_of, job = app.session_state[state.MORPH_GIF]
    picture = Image.open(io.BytesIO(job.result()))
    assert (picture.format, picture.n_frames, picture.size) == ("GIF", 2 * GIF_FRAMES - 2, (336, 336))
    assert made_of[2:] == (0, drawn["data"]["b"]["row"], "linear")


def test_a_gif_that_nobody_waits_for_is_ended(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny")
    ended: list[str] = []
    job = SimpleNamespace(state="running", progress=0.1, message="", cancel=lambda: ended.append("ended"))
    app.session_state[state.MORPH_GIF] = (("tiny", store.model("tiny").weights, 7, 8, "linear"), job)
    app.run()
    app.button(key=state.MORPH_GIF_MAKE).click().run()
    assert not app.exception
    assert "ended" in ended


def test_a_number_of_thousands_of_figures_is_refused_in_words(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny", a="9" * 5000)
    assert not app.exception
    assert any("The link's a is" in caption.value for caption in app.caption)


def test_a_reconstruction_is_not_called_an_image(drawn: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    morph(model="tiny", a="0", b="3")
    assert (drawn["data"]["a"]["original"], drawn["data"]["b"]["original"], drawn["data"]["note"]) == (True, True, "")
    without_original(monkeypatch, row=3)
    morph(model="tiny", a="0", b="3")
    assert (drawn["data"]["a"]["original"], drawn["data"]["b"]["original"]) == (True, False)
    assert drawn["data"]["note"] == PARTLY_ABSENT_NOTE


def test_without_encoded_images_it_says_so(drawn: dict[str, Any]) -> None:
    app = morph(model="tiny-bare")
    assert not app.exception
    assert "no encoded test images" in app.info[0].value
    assert not drawn
