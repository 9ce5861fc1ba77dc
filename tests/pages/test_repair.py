"""The repair page through AppTest: what its component is told, with and without encoded images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import store
from tests.pages.opened import opened_page
from tests.tiny import tiny_checkpoint
from ui.repair_bench import component
from ui.repair_bench.component import TITLES, denoiser_of, trained_words
from vae_core.checkpoint import load_config, save_config
from vae_core.repair import NOISE_KINDS


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component was called with."""
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "tiny", evaluation=False)
    tiny_checkpoint(tmp_path, "tiny-bare", latents=False, evaluation=False)
    tiny_checkpoint(tmp_path, "by-class", model={"classes": 10}, evaluation=False)
    seen: dict[str, Any] = {}
    monkeypatch.setattr(component, "_bench", lambda **told: seen.update(told))
    return seen


def test_it_opens_with_one_sentence_and_every_kind_of_noise_has_a_title(drawn: dict[str, Any]) -> None:
    app = opened_page("repair", model="tiny")
    assert not app.exception
    assert app.markdown[0].value.startswith("Paint over a part of the picture, or add noise")
    assert [kind["value"] for kind in drawn["data"]["kinds"]] == list(TITLES) == list(NOISE_KINDS)
    assert drawn["data"]["images"] == len(store.model("tiny").latents) and drawn["data"]["latent_dim"] == 2


def test_without_encoded_images_it_opens_all_the_same(drawn: dict[str, Any]) -> None:
    app = opened_page("repair", model="tiny-bare")
    assert not app.exception and drawn["data"]["images"] == 0


def test_a_conditional_model_offers_its_classes(drawn: dict[str, Any]) -> None:
    opened_page("repair", model="by-class")
    assert len(drawn["data"]["classes"]) == 10


def test_a_model_that_was_trained_to_denoise_is_named_as_such(drawn: dict[str, Any], tmp_path: Path) -> None:
    assert "trained on clean images" in trained_words(store.model("tiny"))
    assert denoiser_of(store.model("tiny")) is None
    folder = tmp_path / "tiny-bare"
    config = load_config(folder)
    training = config.training.model_copy(update={"corruption": "gaussian", "corruption_strength": 0.4})
    save_config(folder, config.model_copy(update={"training": training}))
    assert trained_words(store.model("tiny-bare")) == (
        "tiny-bare was trained to denoise: its encoder saw Gaussian noise, σ = 0.4."
    )
    assert denoiser_of(store.model("tiny")) == "tiny-bare" and denoiser_of(store.model("tiny-bare")) is None
