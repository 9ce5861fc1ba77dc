"""Which models the Anatomy page compares with the one at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import store
from tests.tiny import tiny_checkpoint
from tools.checkpoints import BETAS
from ui.anatomy.companions import companions
from vae_core.checkpoint import load_config, save_config


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    return tmp_path


def with_beta(root: Path, name: str, beta: float, **fields) -> None:
    config = load_config(tiny_checkpoint(root, name, evaluation=False, **fields))
    training = config.training.model_copy(update={"beta": beta})
    save_config(root / name, config.model_copy(update={"training": training}))


def names(found: dict) -> tuple:
    return tuple(found[key] and found[key]["name"] for key in ("autoencoder", "vae", "collapse"))


def test_the_shipped_models_are_compared_on_the_digits_and_stand_in_elsewhere() -> None:
    for name, elsewhere in (("digits-2d", False), ("digits-ae-2d", False), ("mnist-2d", True)):
        found = companions(store.model(name))
        assert names(found) == ("digits-ae-2d", "digits-2d-beta-1", "digits-2d-beta-20")
        assert [each["name"] for each in found["betas"]] == [f"digits-2d-beta-{beta}" for beta in BETAS]
        assert [each["beta"] for each in found["betas"]] == [float(beta) for beta in BETAS]
        assert found["elsewhere"] == {"pair": elsewhere, "betas": elsewhere}
        for each in [*found["betas"], found["autoencoder"]]:
            assert each["weights"] == store.model(each["name"]).weights


def test_only_models_that_differ_in_beta_alone_are_a_series(root: Path) -> None:
    for name, beta in (("b-two", 2.0), ("c-half", 0.5), ("d-one", 1.0)):
        with_beta(root, name, beta)
    with_beta(root, "e-wide", 4.0, hidden=(20,))
    with_beta(root, "f-eight", 4.0, latent_dim=8)
    found = companions(store.model("b-two"))
    assert [each["name"] for each in found["betas"]] == ["c-half", "d-one", "b-two"]
    assert names(found) == (None, None, None)
    assert companions(store.model("f-eight"))["betas"] == found["betas"]


def test_an_autoencoder_stands_beside_its_twin_or_the_model_at_hand(root: Path) -> None:
    tiny_checkpoint(root, "point", model={"posterior": "point"}, evaluation=False)
    tiny_checkpoint(root, "other", latent_dim=8, evaluation=False)
    assert names(companions(store.model("other")))[:2] == ("point", "other")
    assert not companions(store.model("other"))["alike"]
    assert names(companions(store.model("point")))[:2] == (None, None)  # nothing to compare it with
    with_beta(root, "twin", 1.0)
    with_beta(root, "strong", 4.0)
    assert names(companions(store.model("other")))[:2] == ("point", "twin")
    assert companions(store.model("other"))["alike"]


def test_without_any_there_is_nothing_to_compare(root: Path) -> None:
    tiny_checkpoint(root, "alone", evaluation=False)
    tiny_checkpoint(root, "classes", model={"classes": 10, "posterior": "point"}, evaluation=False)
    found = companions(store.model("alone"))
    assert names(found) == (None, None, None) and found["betas"] == []
    assert found["elsewhere"] == {"pair": False, "betas": False}
