"""What the pages say of a model's dimensions is a figure of that model, or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import store
from tests.tiny import tiny_checkpoint
from ui.model_data import nats_per_dimension, weight_per_dimension


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def test_a_plain_autoencoder_has_no_nats_and_its_dimensions_go_by_their_variance(root: Path) -> None:
    tiny_checkpoint(root, "plain", count=30, model={"posterior": "point"})
    model = store.model("plain")
    assert nats_per_dimension(model) is None
    np.testing.assert_allclose(weight_per_dimension(model), model.latents.mean.var(axis=0), rtol=1e-5)


def test_under_a_learned_prior_the_nats_are_those_that_were_measured(root: Path) -> None:
    tiny_checkpoint(root, "learned", count=30, model={"prior": "mixture", "prior_components": 3})
    model = store.model("learned")
    assert nats_per_dimension(model) == model.evaluation["kl_per_dimension"] == weight_per_dimension(model)


def test_under_the_usual_prior_they_are_the_closed_form(root: Path) -> None:
    tiny_checkpoint(root, "usual", count=30)
    model = store.model("usual")
    variance = model.latents.std**2
    wanted = 0.5 * (model.latents.mean**2 + variance - 1 - np.log(variance)).mean(axis=0)
    np.testing.assert_allclose(nats_per_dimension(model), wanted, atol=2e-3)
