"""Snapshots: what they hold, the model they give back, and which are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import tiny_vae
from vae_core.checkpoint import BrokenCheckpoint, MissingCheckpoint
from vae_core.data import load_images
from vae_core.data.image_set import split_by_share
from vae_core.settings import ModelSettings
from vae_core.training import list_snapshots, load_vae_of_epoch, read_fixed, read_snapshot
from vae_core.training import snapshot_writer as writer_module
from vae_core.training.health import NetworkHealth
from vae_core.training.snapshot_writer import SnapshotWriter, thin_snapshots
from vae_core.training.snapshots import SNAPSHOTS, snapshot_file

MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian", hidden=(16,))


def written(folder: Path, *epochs: int, model: ModelSettings = MODEL) -> torch.nn.Module:
    images = load_images("digits")
    writer = SnapshotWriter(folder, images, model, seed=0, wanted=True)
    vae = tiny_vae(model)
    for epoch in epochs:
        writer.write(vae, epoch, now=True)
    return vae


def test_a_snapshot_gives_back_its_model_and_what_it_saw(tmp_path: Path) -> None:
    vae = written(tmp_path, 0, 12)
    assert list_snapshots(tmp_path) == (0, 12)
    snapshot, fixed = read_snapshot(tmp_path, 12), read_fixed(tmp_path)
    assert len(fixed.rows) == len(fixed.labels) == len(snapshot.means) <= 1000
    images = load_images("digits")
    assert np.array_equal(fixed.labels, images.labels[fixed.rows])
    assert np.array_equal(fixed.originals, images.pixels(fixed.rows[:12]))
    means = vae.encode(torch.from_numpy(images.pixels(fixed.rows)).float() / 255).mean
    assert np.allclose(snapshot.means, means.numpy(), atol=5e-3)
    restored = load_vae_of_epoch(tmp_path, 12)
    latents = torch.from_numpy(fixed.latents)
    assert torch.allclose(restored.decode_mean(latents), vae.decode_mean(latents), atol=3e-3)
    drawn = (restored.decode_mean(latents) * 255).round().numpy()
    assert np.abs(drawn - snapshot.samples.astype(float)).max() <= 2
    assert snapshot.reconstructions.shape == (12, 1, 8, 8) and snapshot.weights == {}
    assert [layer.layer for layer in NetworkHealth.from_facts(snapshot.facts["health"]).layers] == [
        "encoder 1",
        "decoder 1",
    ]
    with pytest.raises(ValueError, match=r"comes from a snapshot, which keeps no encoder\. Encode with the trained"):
        restored.encode(torch.zeros(1, 1, 8, 8))


@pytest.mark.parametrize(("count", "seen"), [(20, 16), (300, 100)])
def test_few_validation_images_are_joined_by_training_images(tmp_path: Path, count: int, seen: int) -> None:
    digits = load_images("digits")
    images = replace(
        digits,
        images=digits.images[:count],
        labels=digits.labels[:count],
        split=split_by_share(count, None, 0),
    )
    SnapshotWriter(tmp_path, images, MODEL, seed=0, wanted=True).write(tiny_vae(MODEL), 1, now=True)
    rows = read_fixed(tmp_path).rows
    held_out = len(images.validation)
    assert len(rows) == len(set(rows)) == len(read_snapshot(tmp_path, 1).means) == seen
    assert set(rows[:held_out]) == set(images.validation) and set(rows[held_out:]) <= set(images.train)


def test_a_conditional_model_and_one_with_a_mixture_as_prior_decode(tmp_path: Path) -> None:
    model = MODEL.model_copy(update={"classes": 10, "prior": "mixture", "prior_components": 3})
    vae = written(tmp_path, 1, model=model)
    restored, latents, labels = load_vae_of_epoch(tmp_path, 1), torch.zeros(2, 2), torch.tensor([3, 7])
    assert torch.allclose(restored.decode_mean(latents, labels), vae.decode_mean(latents, labels), atol=3e-3)


def test_an_epoch_without_a_snapshot_and_a_damaged_one_say_so(tmp_path: Path) -> None:
    with pytest.raises(MissingCheckpoint, match=r"no snapshot of epoch 1; it keeps none \(--snapshots\)"):
        read_snapshot(tmp_path, 1)
    written(tmp_path, 1, 2)
    with pytest.raises(MissingCheckpoint, match=r"no snapshot of epoch 9; there are those of 1, 2\. Choose another"):
        load_vae_of_epoch(tmp_path, 9)
    file = snapshot_file(tmp_path, 2)
    file.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(BrokenCheckpoint, match=r"snapshots/epoch-00002\.safetensors cannot be read"):
        load_vae_of_epoch(tmp_path, 2)
    (tmp_path / SNAPSHOTS / "fixed.npz").write_bytes(b"PK")
    with pytest.raises(BrokenCheckpoint, match=r"fixed\.npz cannot be read"):
        read_fixed(tmp_path)


@pytest.mark.parametrize("content", [b"PK", None])
@pytest.mark.parametrize("epoch", [1, 2])  # one that has its snapshot already, and a new one
def test_fixed_looks_that_cannot_be_read_are_drawn_and_written_again(
    tmp_path: Path, content: bytes | None, epoch: int
) -> None:
    written(tmp_path, 1)
    before, file = read_fixed(tmp_path), tmp_path / SNAPSHOTS / "fixed.npz"
    file.write_bytes(content) if content else file.unlink()
    written(tmp_path, epoch)
    after = read_fixed(tmp_path)
    assert all(np.array_equal(look, vars(after)[name]) for name, look in vars(before).items())


def test_a_model_that_is_too_large_keeps_pictures_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MOST_WEIGHTS", 100)
    written(tmp_path, 3)
    assert len(read_snapshot(tmp_path, 3).samples)
    with pytest.raises(MissingCheckpoint, match="holds pictures only; the weights of this model are too large"):
        load_vae_of_epoch(tmp_path, 3)


def test_what_is_too_much_goes_evenly_and_the_first_and_newest_stay(tmp_path: Path) -> None:
    (tmp_path / SNAPSHOTS).mkdir()
    kept: tuple[int, ...] = ()
    for epoch in range(200):
        snapshot_file(tmp_path, epoch).write_bytes(bytes(1000))
        thin_snapshots(tmp_path, most=20_000)
        kept = list_snapshots(tmp_path)
        assert len(kept) <= 20 and kept[0] == 0 and kept[-1] == epoch
    gaps = np.diff(kept)
    assert len(kept) == 20 and gaps.max() <= 2.5 * np.median(gaps), kept
    snapshot_file(tmp_path, 999).write_bytes(bytes(50_000))
    thin_snapshots(tmp_path, most=20_000)
    assert list_snapshots(tmp_path) == (0, 999)


def test_snapshots_take_little_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(np.arange(0, 1e6, 1.0))  # each look at the clock is a second later
    monkeypatch.setattr(writer_module.time, "monotonic", lambda: float(next(clock)))
    writer = SnapshotWriter(tmp_path, load_images("digits"), MODEL, seed=0, wanted=True)
    vae = tiny_vae(MODEL)
    for epoch in range(100):
        writer.write(vae, epoch)
    assert 4 <= len(list_snapshots(tmp_path)) <= 6, "5 % of the time for those that take a second each"


def test_a_run_that_wants_none_has_none(tmp_path: Path) -> None:
    SnapshotWriter(tmp_path, load_images("digits"), MODEL, seed=0, wanted=False).write(tiny_vae(MODEL), 1, now=True)
    assert not (tmp_path / SNAPSHOTS).exists()
