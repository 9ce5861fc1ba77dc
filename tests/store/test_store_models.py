"""The models in memory: what they compute, when they are loaded anew, and how many there are."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

import store
import store.models
from tests.tiny import digit_images, tiny_checkpoint
from vae_core.checkpoint import BrokenCheckpoint, CheckpointError, MissingCheckpoint

NAMES = ["tiny-1d", "tiny-2d", "tiny-8d", "tiny-colour"]


@pytest.mark.parametrize("name", NAMES)
def test_decode_rounds_the_expected_picture(root: Path, name: str) -> None:
    model = store.model(name)
    latents = np.random.default_rng(0).standard_normal((5, model.latent_dim)).astype(np.float32)
    with torch.inference_mode():
        mean = model.vae.decode_mean(torch.from_numpy(latents)).numpy().transpose(0, 2, 3, 1)
    pixels = model.decode(latents)
    assert pixels.dtype == np.uint8 and pixels.flags.c_contiguous
    assert np.abs(pixels - 255 * mean).max() <= 0.5001


def test_a_long_list_is_decoded_as_its_parts_are(root: Path) -> None:
    model = store.model("tiny-8d")
    latents = np.random.default_rng(0).standard_normal((600, 8)).astype(np.float32)
    parts = np.concatenate([model.decode(part) for part in np.split(latents, 6)])
    assert np.abs(model.decode(latents).astype(int) - parts.astype(int)).max() <= 1


def test_latents_of_another_dimension_are_refused(root: Path) -> None:
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        store.model("tiny-8d").decode(np.zeros((3, 2), np.float32))


def test_encode_gives_the_posterior_of_the_grey_values(root: Path) -> None:
    model = store.model("tiny-2d")
    images, _ = digit_images(count=4)
    means, stds = model.encode(images)
    with torch.inference_mode():
        posterior = model.vae.encode(torch.from_numpy(images).float() / 255)
    np.testing.assert_allclose(means, posterior.mean, atol=1e-6)
    np.testing.assert_allclose(stds, posterior.stddev, rtol=1e-5)


def test_a_row_is_reconstructed_from_its_stored_mean(root: Path) -> None:
    model = store.model("tiny-2d")
    np.testing.assert_array_equal(model.reconstruct(np.array([7])), model.decode(model.latents.mean[[7]]))


def test_the_ranges_hold_most_of_the_reference_set(root: Path) -> None:
    model = store.model("tiny-8d")
    inside = (model.latents.mean >= model.ranges[:, 0]) & (model.latents.mean <= model.ranges[:, 1])
    assert model.ranges.shape == (8, 2) and inside.mean() > 0.95


def test_without_a_reference_set_the_ranges_are_the_priors(root: Path) -> None:
    tiny_checkpoint(root, "bare", latents=False)
    model = store.model("bare")
    assert model.latents is None and model.ranges.tolist() == [[-3, 3], [-3, 3]]
    with pytest.raises(ValueError, match=r"bare has no latents\.npz"):
        model.reconstruct(np.array([0]))


def test_the_same_model_is_given_again(root: Path) -> None:
    assert store.model("tiny-2d") is store.model("tiny-2d")
    assert store.model_in_memory("tiny-2d") is store.model("tiny-2d")
    assert store.model_in_memory("tiny-8d") is None


def test_a_model_that_was_trained_again_is_loaded_anew(root: Path) -> None:
    first = store.model("tiny-2d")
    assert store.model("tiny-2d", first.weights) is first
    shutil.rmtree(root / "tiny-2d")
    tiny_checkpoint(root, "tiny-2d", seed=5)
    assert store.model_in_memory("tiny-2d") is None
    with pytest.raises(store.ModelChanged, match="was trained again: reload the page") as changed:
        store.model("tiny-2d", first.weights)
    second = store.model("tiny-2d")
    assert changed.value.weights == second.weights != first.weights
    latents = np.ones((1, 2), np.float32)
    assert not np.array_equal(first.decode(latents), second.decode(latents))


def test_a_model_that_is_gone_is_missing(root: Path) -> None:
    store.model("tiny-2d")
    shutil.rmtree(root / "tiny-2d")
    with pytest.raises(MissingCheckpoint):
        store.model("tiny-2d")


@pytest.mark.parametrize("name", ["..", "../tiny-2d", "/etc", "tiny-2d/../tiny-2d", "", "A", "a" * 65, "a\0b"])
def test_a_name_that_is_none_is_refused(root: Path, name: str) -> None:
    assert store.model_in_memory(name) is None
    with pytest.raises(CheckpointError):
        store.model(name)


def test_a_broken_model_stays_broken_until_it_is_mended(root: Path) -> None:
    weights = root / "tiny-2d" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-5])
    for _ in range(2):
        with pytest.raises(BrokenCheckpoint, match=r"model\.safetensors"):
            store.model("tiny-2d")
    weights.write_bytes(whole)
    assert store.model("tiny-2d").latent_dim == 2


def test_the_memory_is_bounded_and_forgets_what_was_not_used_for_longest(root: Path) -> None:
    models = store.models.Models(most=2)
    for name in ("tiny-1d", "tiny-2d", "tiny-1d", "tiny-8d"):
        models.get(root, name)
    assert models.names() == ("tiny-1d", "tiny-8d")


def test_many_threads_load_a_model_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads, load = [], store.models._load
    together = threading.Barrier(8)

    def counted(folder: Path) -> store.LoadedModel:
        loads.append(folder.name)
        return load(folder)

    def ask(_: int) -> store.LoadedModel:
        together.wait(10)
        return store.model("tiny-8d")

    monkeypatch.setattr(store.models, "_load", counted)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(ask, range(8)))
    assert len(found) == 1 and loads == ["tiny-8d"]


def test_the_list_names_every_checkpoint_and_notices_changes(root: Path) -> None:
    assert {summary.name for summary in store.list_models()} == set(NAMES)
    assert store.list_models() is store.list_models(), "nothing is read while nothing changes"
    (root / "tiny-1d" / "config.json").write_text("{}")
    tiny_checkpoint(root, "newcomer")
    listed = {summary.name: summary.problem for summary in store.list_models()}
    assert listed["newcomer"] is None and "config.json" in listed["tiny-1d"]


def test_a_folder_that_is_not_there_holds_no_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path / "nowhere"))
    assert store.list_models() == ()


def test_the_folder_is_the_projects_own_unless_the_setting_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATENT_EXPLORER_CHECKPOINTS", raising=False)
    assert store.checkpoints_root() == Path(__file__).resolve().parents[2] / "checkpoints"
