"""The benchmark of peers: what it makes of what it measures, without pythae, without waiting."""

from __future__ import annotations

import sys

import pytest
import torch

from benchmarks import peers
from vae_core import ModelSettings, build_vae

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="bernoulli", hidden=(5,))


def test_without_its_interpreter_pythae_is_left_out_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["peers"])
    assert peers.main() == 0
    assert "--pythae-python names no interpreter" in capsys.readouterr().out


def test_the_weights_of_the_other_side_fill_our_network_whole() -> None:
    source, target = build_vae(MODEL, 1), build_vae(MODEL, 2)
    weights = {name.replace("coder.", "coder.layers.", 1): value.numpy() for name, value in source.state_dict().items()}
    peers.put_pythae_weights(target, weights)
    for name, value in source.state_dict().items():
        assert torch.equal(value, target.state_dict()[name]), name
    del weights["encoder.layers.1.weight"]
    with pytest.raises(RuntimeError, match=r"encoder\.1\.weight"):
        peers.put_pythae_weights(target, weights)


def test_seconds_to_a_loss_are_interpolated_between_epochs() -> None:
    losses = [(10.0, 120.0), (20.0, 104.0), (30.0, 96.0)]
    assert peers.seconds_to(100.0, losses) == pytest.approx(25.0)
    assert peers.seconds_to(130.0, losses) == 10.0
    assert peers.seconds_to(90.0, losses) is None
