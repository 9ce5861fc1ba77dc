"""The running average of the weights, against one written out by hand, and what a run keeps of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vae_core.data import load_images
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import run as run_module
from vae_core.training import train_model
from vae_core.training.average import running_average
from vae_core.vae import build_vae

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(4,))


def test_the_average_follows_the_weights_as_written_out_by_hand() -> None:
    vae = build_vae(MODEL, seed=0)
    average = running_average(vae, decay=0.3)
    weight = vae.encoder[1].bias
    by_hand = torch.zeros(4, dtype=torch.float64)
    for update in range(6):
        with torch.no_grad():
            weight.fill_(float(update + 1))
        average.update_parameters(vae)
        # the first update takes the weights as they are; later ones forget with at most (1 + n) / (10 + n)
        decay = 0.0 if update == 0 else min(0.3, (1 + update) / (10 + update))
        by_hand = decay * by_hand + (1 - decay) * (update + 1)
        assert average.module.encoder[1].bias.tolist() == pytest.approx(by_hand.tolist(), rel=1e-6)
    assert weight.tolist() == [6.0] * 4, "the weights themselves are left alone"


def test_a_long_average_forgets_slowly() -> None:
    vae = build_vae(MODEL, seed=0)
    average = running_average(vae, decay=0.5)
    bias = vae.encoder[1].bias
    torch.nn.init.zeros_(bias)
    for _ in range(20):
        average.update_parameters(vae)
    torch.nn.init.ones_(bias)
    average.update_parameters(vae)
    assert average.module.encoder[1].bias.tolist() == pytest.approx([0.5] * 4)


def test_a_run_keeps_the_average_and_not_the_last_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    close = run_module.Run._close_epoch

    def note(run, *arguments):
        seen["last"] = {name: value.clone() for name, value in run.step.vae.state_dict().items()}
        seen["average"] = {name: value.clone() for name, value in run.step.average.module.state_dict().items()}
        return close(run, *arguments)

    monkeypatch.setattr(run_module.Run, "_close_epoch", note)
    training = TrainingSettings(epochs=1, batch_size=100, learning_rate=1e-2, seed=0, patience=5, ema=0.9)
    train_model(load_images("digits"), MODEL, training, tmp_path / "averaged")
    kept = load_file(tmp_path / "averaged" / "model.safetensors")
    assert all(torch.equal(kept[name], value) for name, value in seen["average"].items())
    assert not torch.equal(kept["encoder.1.weight"], seen["last"]["encoder.1.weight"])
