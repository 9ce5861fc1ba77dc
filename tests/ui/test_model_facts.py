"""What is said about a model is what its checkpoint says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import store
from tests.tiny import tiny_checkpoint
from ui.gallery_cards import TILES, preview_latents
from ui.model_cards import shelf
from ui.model_facts import facts_line, scores
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def summary(name: str):
    return next(found for found in store.list_models() if found.name == name)


def test_the_facts_are_those_of_the_checkpoint(root: Path) -> None:
    tiny_checkpoint(root, "tiny", image_shape=(3, 12, 8), latent_dim=3)
    line = facts_line(summary("tiny")).replace("\\", "")
    elbo = -summary("tiny").evaluation["negative_elbo"]
    assert line.startswith("MLP, 3 dimensions, Gaussian · enlarged-digits 12×8 colour · ELBO ")
    assert f"{elbo:.1f} nats per image (test)".replace("-", "−") in line


def test_a_model_without_an_evaluation_claims_no_score(root: Path) -> None:
    tiny_checkpoint(root, "tiny", evaluation=False)
    assert scores(summary("tiny")) == {}
    assert "ELBO" not in facts_line(summary("tiny"))


def test_a_broken_folder_has_no_card_but_a_reason(root: Path) -> None:
    tiny_checkpoint(root, "good")
    (tiny_checkpoint(root, "bad") / "model.safetensors").write_bytes(b"nothing")
    found = shelf(store.list_models())
    assert [card.name for card in found.cards] == ["good"]
    assert "bad/model.safetensors" in found.broken["bad"]


def test_damage_that_the_list_does_not_see_is_told_too(root: Path) -> None:
    tiny_checkpoint(root, "good")
    latents = tiny_checkpoint(root, "cut-off") / "latents.npz"
    latents.write_bytes(latents.read_bytes()[:300])
    weights = tiny_checkpoint(root, "not-numbers") / "model.safetensors"
    save_file({name: np.full_like(values, np.nan) for name, values in load_file(weights).items()}, weights)
    assert [listed.problem for listed in store.list_models()] == [None, None, None]
    found = shelf(store.list_models())
    assert [card.name for card in found.cards] == ["good"]
    assert "cut-off/latents.npz" in found.broken["cut-off"]
    assert "not-numbers/model.safetensors" in found.broken["not-numbers"]


def test_a_card_shows_one_typical_image_per_class(root: Path) -> None:
    tiny_checkpoint(root, "tiny")
    model = store.model("tiny")
    chosen = preview_latents(model)
    assert chosen.shape == (TILES, 2)
    for label, latent in enumerate(chosen):
        row = np.flatnonzero((model.latents.mean == latent).all(axis=1))[0]
        assert model.latents.label[row] == label


def test_a_card_without_encoded_images_draws_from_the_prior_the_same_each_time(root: Path) -> None:
    tiny_checkpoint(root, "bare", latents=False, latent_dim=5)
    once, again = preview_latents(store.model("bare")), preview_latents(store.model("bare"))
    assert once.shape == (TILES, 5)
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"likelihood": "cross-entropy"}, "no ELBO: its reconstruction cost is no likelihood"),
        ({"model": {"posterior": "point"}}, "no ELBO: a plain autoencoder has no ELBO"),
    ],
)
def test_a_model_without_an_elbo_shows_a_dash_and_why(root: Path, changes: dict, said: str) -> None:
    tiny_checkpoint(root, "tiny", **changes)
    line = facts_line(summary("tiny")).replace("\\", "")
    assert said in line
    figure, reason = scores(summary("tiny"))["ELBO"]
    assert figure == "–" and reason in said
    assert shelf(store.list_models()).cards[0].name == "tiny"


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_part_has_a_name_for_people(root: Path, likelihood: str, network: str) -> None:
    tiny_checkpoint(root, "tiny", network=network, likelihood=likelihood, count=3, model={"classes": 10, "levels": 8})
    line = facts_line(summary("tiny")).replace("\\", "")
    name = {"mlp": "MLP", "conv": "Convolutional", "residual": "Residual"}[network]
    assert line.startswith(f"{name}, 2 dimensions, {LIKELIHOODS[likelihood].label}, 10 classes")


def test_a_part_that_is_not_here_is_called_by_its_bare_name(root: Path) -> None:
    file = tiny_checkpoint(root, "tiny") / "config.json"
    file.write_text(file.read_text().replace('"gaussian"', '"own-noise"').replace('"mlp"', '"own-net"'))
    assert facts_line(summary("tiny")).startswith("own\\-net, 2 dimensions, own\\-noise")
