"""Devices: which are there, and that nothing of a step or a saved state is tied to one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vae_core.checkpoint import save_weights
from vae_core.data import load_images
from vae_core.likelihoods import LIKELIHOODS
from vae_core.objectives import Moment, build_objective
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import TrainingError, train_model
from vae_core.training import step as step_module
from vae_core.training.devices import chosen_device
from vae_core.training.results import machine_words
from vae_core.training.step import TrainingStep
from vae_core.vae import build_vae

MODEL = ModelSettings(network="conv", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(8,))
TRAINING = TrainingSettings(epochs=1, batch_size=200, learning_rate=1e-2, seed=3, patience=9, ema=0.9)


def pretend(monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "fastest"), [(True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_fastest_that_is_there(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, fastest: str
) -> None:
    pretend(monkeypatch, cuda, mps)
    assert chosen_device("auto") == torch.device(fastest) and chosen_device("cpu") == torch.device("cpu")


def test_an_absent_or_unknown_device_is_named_with_those_that_are_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, cuda=False, mps=True)
    with pytest.raises(TrainingError, match=r"--device is cuda, which is not on this machine.*there is mps, cpu\."):
        chosen_device("cuda")
    with pytest.raises(TrainingError, match=r"--device is tpu, which is no device; there is mps, cpu"):
        train_model(load_images("digits"), MODEL, TRAINING, tmp_path / "run", device="tpu")
    assert not (tmp_path / "run").exists()


@pytest.fixture
def meta_copes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fused Adam knows no meta device, and nobody can look at the pixels there."""
    monkeypatch.setattr(step_module, "_adam", lambda module, *settings: torch.optim.Adam(module.parameters()))
    monkeypatch.setattr(LIKELIHOODS["gaussian"], "check", lambda likelihood, images: None)


@pytest.mark.usefixtures("meta_copes")
def test_a_step_brings_everything_to_its_device() -> None:
    """On the meta device nothing is computed, but an operator between it and the processor is refused all the same."""
    meta = torch.device("meta")
    step = TrainingStep(
        build_vae(MODEL, 0), build_objective(MODEL, TRAINING), TRAINING, torch.Generator().manual_seed(0), meta
    )
    pixels = torch.zeros(5, 1, 8, 8, dtype=torch.uint8)
    sums = step(pixels, Moment(0.0))
    assert sums.device == meta and all(weights.grad.device == meta for weights in step.vae.parameters())
    moments = [value for state in step.optimizer.state.values() for value in (state["exp_avg"], state["exp_avg_sq"])]
    assert {value.device for value in moments} == {meta}
    assert {value.device for value in step.average.module.parameters()} == {meta}


@pytest.mark.usefixtures("meta_copes")
def test_the_noise_is_the_same_on_any_device() -> None:
    generators = [torch.Generator().manual_seed(0) for _ in range(2)]
    for generator, device in zip(generators, ("cpu", "meta"), strict=True):
        step = TrainingStep(
            build_vae(MODEL, 0), build_objective(MODEL, TRAINING), TRAINING, generator, torch.device(device)
        )
        step(torch.zeros(5, 1, 8, 8, dtype=torch.uint8), Moment(0.0))
    assert torch.equal(generators[0].get_state(), generators[1].get_state())


def test_saved_weights_are_plain_whatever_their_layout(tmp_path: Path) -> None:
    vae = build_vae(MODEL, 0)
    before = {name: value.clone() for name, value in vae.state_dict().items()}
    save_weights(tmp_path, vae.to(memory_format=torch.channels_last))
    kept = load_file(tmp_path / "model.safetensors")
    assert all(torch.equal(kept[name], value) for name, value in before.items())


def test_the_card_names_the_graphics_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Card {device.index}")
    assert machine_words(2, "cuda:1").split(", ")[1:3] == ["2 threads", "Card 1"]
    assert machine_words(1, torch.device("mps")).split(", ")[1:3] == ["1 thread", "mps"]
    assert machine_words(1).split(", ")[1:] == ["1 thread", f"torch {torch.__version__}"]
