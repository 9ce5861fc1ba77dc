"""The benchmarks of peers and of memory: what they make of what they measure, without pythae, without waiting."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import memory, peers
from vae_core import ModelSettings, build_vae
from vae_core.data.idx import read_idx

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


def test_a_generated_file_is_an_idx_file_of_its_size(tmp_path: Path) -> None:
    file = tmp_path / "train-images-idx3-ubyte"
    count = memory.write_idx_file(file, gigabytes=0.0003, side=8)
    images = read_idx(file, 3)
    assert images.shape == (count, 8, 8) and count == 4688
    assert len(np.unique(images[:50].reshape(50, -1), axis=0)) == 50
    memory.drop_pages(file)
    assert np.array_equal(read_idx(file, 3), images)


def test_the_peak_counts_what_a_child_holds_and_the_limit_ends_it() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("RssAnon is read from /proc")
    hold = "import time; held = bytearray(b'x') * {size}; time.sleep({seconds})"
    peak, _, stopped = memory.watch([sys.executable, "-c", hold.format(size=60_000_000, seconds=0.5)], 1e9)
    assert 60e6 < peak < 120e6 and not stopped
    _, seconds, stopped = memory.watch([sys.executable, "-c", hold.format(size=60_000_000, seconds=30)], 50e6)
    assert stopped and seconds < 20
    with pytest.raises(RuntimeError, match="broken"):
        memory.watch([sys.executable, "-c", "raise SystemExit('broken')"], 1e9)


def test_training_over_a_generated_file_gives_memory_and_speed(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("RssAnon is read from /proc")
    options = argparse.Namespace(scratch=tmp_path, disk_gb=0.0003, side=8, network="mlp", batch_size=512, limit_gb=4.0)
    figures = memory.measure_disk(options)
    assert figures["images"] == 4688 and figures["file_gb"] == 0.0
    for turn in ("cold", "warm"):
        assert figures[turn]["peak_mb"] > 20 and figures[turn]["images_per_second"] > 0
    assert list(tmp_path.iterdir()) == []
