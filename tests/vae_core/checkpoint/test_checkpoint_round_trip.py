"""What is saved comes back: settings, weights, latents, scores, metrics."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_checkpoint, tiny_checkpoints, tiny_vae
from vae_core.checkpoint import (
    BrokenCheckpoint,
    append_metrics,
    load_checkpoint,
    load_config,
    load_evaluation,
    load_latents,
    read_metrics,
    save_config,
    save_evaluation,
    save_latents,
)
from vae_core.latents import encode_reference, image_hashes
from vae_core.vae import build_vae

SHAPES = [(1, 8, 8), (3, 8, 8), (1, 28, 28), (1, 28, 20), (3, 9, 31), (3, 64, 64)]


@pytest.mark.parametrize("network", ["mlp", "conv"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_loaded_model_decodes_as_the_saved_one(
    tmp_path: Path, network: str, likelihood: str, shape: tuple[int, int, int]
) -> None:
    folder = tiny_checkpoint(
        tmp_path,
        network=network,
        likelihood=likelihood,
        image_shape=shape,
        hidden=(4, 6),
        count=3,
        latent_dim=3,
    )
    checkpoint = load_checkpoint(folder)
    latents = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    wanted = tiny_vae(checkpoint.config.model).decode_mean(latents)
    assert torch.equal(checkpoint.vae.decode_mean(latents), wanted)
    assert load_latents(folder).mean.shape == (3, 3)


def test_the_loaded_model_is_for_use_not_for_training(tmp_path: Path) -> None:
    checkpoint = load_checkpoint(tiny_checkpoint(tmp_path))
    assert not checkpoint.vae.training
    assert not any(parameter.requires_grad for parameter in checkpoint.vae.parameters())


def test_loading_leaves_the_global_random_state_alone(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    before = torch.get_rng_state()
    load_checkpoint(folder)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_hash_is_that_of_the_weights_file(tmp_path: Path) -> None:
    one, other = tiny_checkpoint(tmp_path, "one"), tiny_checkpoint(tmp_path, "other", seed=1)
    content = (one / "model.safetensors").read_bytes()
    assert load_checkpoint(one).weights_hash == hashlib.sha256(content).hexdigest()
    assert load_checkpoint(one).weights_hash != load_checkpoint(other).weights_hash


def test_a_copied_folder_is_the_same_model(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, "one")
    copied = folder.rename(tmp_path / "moved")
    assert load_checkpoint(copied).folder == copied


def test_config(tmp_path: Path) -> None:
    config = load_config(tiny_checkpoint(tmp_path, "one"))
    save_config(tmp_path / "two", config)
    assert load_config(tmp_path / "two") == config


@pytest.mark.parametrize("labelled", [True, False])
def test_latents_keep_what_float16_holds(tmp_path: Path, labelled: bool) -> None:
    images, labels = digit_images(count=30)
    folder = tiny_checkpoint(tmp_path)
    vae = load_checkpoint(folder).vae
    saved = encode_reference(vae, images, labels if labelled else None)
    save_latents(folder, saved)
    loaded = load_latents(folder)
    for field in ("mean", "std", "kl", "reconstruction"):
        assert getattr(loaded, field).dtype == np.float32
        np.testing.assert_allclose(getattr(loaded, field), getattr(saved, field), rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(loaded.image_hash, image_hashes(images))
    assert loaded.split == "test"
    if labelled:
        np.testing.assert_array_equal(loaded.label, labels)
        assert loaded.label.dtype == np.int16
    else:
        assert loaded.label is None


@pytest.mark.parametrize(("field", "value"), [("mean", 1e6), ("std", 1e-9)])
def test_latents_beyond_float16_are_kept_as_float32(tmp_path: Path, field: str, value: float) -> None:
    folder = tiny_checkpoint(tmp_path)
    latents = load_latents(folder)
    save_latents(folder, replace(latents, **{field: np.full_like(latents.mean, value)}))
    np.testing.assert_allclose(getattr(load_latents(folder), field), value, rtol=1e-6)


def test_loaded_latents_cannot_be_changed_by_one_visitor_for_all(tmp_path: Path) -> None:
    latents = load_latents(tiny_checkpoint(tmp_path))
    with pytest.raises(ValueError, match="read-only"):
        latents.mean[0] = 0


def test_latents_hold_no_pixels(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path)
    with np.load(folder / "latents.npz", allow_pickle=False) as stored:
        assert set(stored.files) == {"mean", "std", "label", "image_hash", "kl", "reconstruction", "split"}


def test_what_is_not_there_yet_is_none(tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, latents=False, evaluation=False)
    assert load_latents(folder) is None
    assert load_evaluation(folder) is None
    assert read_metrics(folder) == []


def test_evaluation(tmp_path: Path) -> None:
    save_evaluation(tmp_path, {"kl": 1.5, "command": "a"})
    assert load_evaluation(tmp_path) == {"kl": 1.5, "command": "a"}


def test_a_score_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_evaluation(tmp_path, {"kl": float("nan")})
    assert load_evaluation(tmp_path) is None


def test_a_28_by_28_checkpoint_of_ten_thousand_images_is_small(tmp_path: Path) -> None:
    """The default model with 16 dimensions stays well below the 4 MB that a shipped one may have."""
    images = np.random.default_rng(0).integers(0, 256, (10_000, 1, 28, 28), dtype=np.uint8)
    labels = np.arange(10_000) % 10
    folder = tiny_checkpoint(
        tmp_path, image_shape=(1, 28, 28), latent_dim=16, hidden=(256, 128), images=images, labels=labels
    )
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_800_000


def test_metrics_are_appended(tmp_path: Path) -> None:
    for epoch in range(3):
        append_metrics(tmp_path, {"epoch": epoch})
    assert read_metrics(tmp_path) == [{"epoch": 0}, {"epoch": 1}, {"epoch": 2}]


def test_a_half_written_last_line_is_left_out_then_overwritten(tmp_path: Path) -> None:
    append_metrics(tmp_path, {"epoch": 0})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 1, "train_lo')
    assert read_metrics(tmp_path) == [{"epoch": 0}]
    append_metrics(tmp_path, {"epoch": 1})
    assert read_metrics(tmp_path) == [{"epoch": 0}, {"epoch": 1}]


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"epoch": 0}\nrubbish\n{"epoch": 2}\n')
    with pytest.raises(BrokenCheckpoint, match=r"metrics\.jsonl, line 2, is not a JSON object\. Remove that line"):
        read_metrics(tmp_path)


def test_a_diverged_epoch_is_not_written(tmp_path: Path) -> None:
    append_metrics(tmp_path, {"epoch": 0})
    with pytest.raises(ValueError, match="not JSON compliant"):
        append_metrics(tmp_path, {"epoch": 1, "train_loss": float("inf")})
    assert read_metrics(tmp_path) == [{"epoch": 0}]


def test_tiny_weights_differ_from_seed_to_seed_but_not_from_run_to_run(tmp_path: Path) -> None:
    settings = load_config(tiny_checkpoint(tmp_path)).model
    one, again, other = (tiny_vae(settings, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["decoder.0.weight"], other["decoder.0.weight"])
    assert build_vae(settings, 0).state_dict().keys() == one.keys()


def test_every_tiny_checkpoint_loads_and_its_pictures_vary(tmp_path: Path) -> None:
    for folder in tiny_checkpoints(tmp_path):
        checkpoint = load_checkpoint(folder)
        dimensions = checkpoint.vae.latent_dim
        assert load_latents(folder).mean.shape[1] == dimensions
        latents = torch.randn(64, dimensions, generator=torch.Generator().manual_seed(0))
        assert checkpoint.vae.decode_mean(latents).std(dim=0).mean() > 0.1
