"""A cache on disk: what was written comes back, in blocks, each image once, and the same run as from memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import DataError, ImageSet, cache_images, from_arrays, load_images, read_cache, write_cache
from vae_core.data import cache as cache_module
from vae_core.data import image_set as image_set_module
from vae_core.data.blocks import WINDOW_BLOCKS, Blocks, MappedImages
from vae_core.data.idx import write_idx
from vae_core.data.image_set import some_rows
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import run as run_module
from vae_core.training import train_model
from vae_core.training.batches import epoch_batches

PIXELS = np.random.default_rng(0).integers(0, 256, (300, 1, 8, 8), dtype=np.uint8)
LABELS = np.arange(300) % 3


def batches(pixels: np.ndarray = PIXELS, size: int = 70) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(pixels), size):
        yield pixels[start : start + size], LABELS[start : start + size]


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    write_cache(tmp_path / "cache", batches(), 300, "noise", label_names=("a", "b", "c"))
    return tmp_path / "cache"


def small_blocks(cached: Path, monkeypatch: pytest.MonkeyPatch) -> ImageSet:
    """The cache in blocks of 9 images, so that it has several windows."""
    monkeypatch.setattr(cache_module, "Blocks", lambda mapped, held_out: Blocks(mapped, held_out, block_rows=9))
    images = read_cache(cached, "noise")
    assert images.blocks.block_rows * WINDOW_BLOCKS < 300 / 3
    return images


def test_a_cache_holds_what_was_written_and_is_the_set_in_memory(cached: Path) -> None:
    images, memory = read_cache(cached, "noise"), from_arrays(PIXELS, LABELS, "noise")
    assert np.array_equal(images.images, PIXELS) and np.array_equal(images.labels, LABELS)
    assert images.fingerprint == memory.fingerprint and len(images) == 300 and images.shape == (300, 1, 8, 8)
    for part in ("train", "validation", "test"):
        assert np.array_equal(np.asarray(getattr(images, part)), getattr(memory, part))
        assert len(getattr(images, part)) == len(getattr(memory, part))
    for places in (slice(None, None, 7), slice(5), slice(0, 150), slice(3, 9), slice(-4, None), np.array([4, 2, -1])):
        assert np.array_equal(images.train[places], memory.train[places])
    assert images.settings().n_train == memory.settings().n_train
    rows = np.array([5, 299, 0])
    assert np.array_equal(images.pixels(rows), PIXELS[rows])


def test_a_published_test_set_stays_one(tmp_path: Path) -> None:
    for part, count in (("train", 60), ("t10k", 20)):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", PIXELS[:count, 0])
    memory = load_images("mine", tmp_path)
    cache_images(memory, tmp_path / "cache")
    images = load_images("mine", tmp_path / "cache")
    assert images.blocks is not None and images.settings() == memory.settings().model_copy(
        update={"label_names": images.label_names}
    )
    assert np.array_equal(images.test, memory.test) and np.array_equal(images.validation, memory.validation)


def test_of_many_images_a_bounded_number_is_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "LARGEST_SHARED", 200)
    monkeypatch.setattr(cache_module, "MOST_TEST", 20)
    monkeypatch.setattr(cache_module, "MOST_VALIDATION", 10)
    write_cache(tmp_path / "many", batches(), 300, "noise")
    images = read_cache(tmp_path / "many", "noise")
    assert (len(images.train), len(images.validation), len(images.test)) == (270, 10, 20)
    parts = [np.asarray(images.train), images.validation, images.test]
    assert sorted(np.concatenate(parts)) == list(range(300))
    assert images.fingerprint != from_arrays(PIXELS, LABELS, "noise").fingerprint, "another split, another fingerprint"


@pytest.mark.parametrize("very_many", [10, 1000])
def test_some_rows_are_training_rows_each_once(cached: Path, monkeypatch: pytest.MonkeyPatch, very_many: int) -> None:
    monkeypatch.setattr(image_set_module, "VERY_MANY", very_many)
    images = read_cache(cached, "noise")
    rows = some_rows(images.train, 50, seed=1)
    assert len(rows) == 50 and (np.diff(rows) > 0).all() and np.isin(rows, np.asarray(images.train)).all()
    assert np.array_equal(rows, some_rows(images.train, 50, seed=1))
    assert not np.array_equal(rows, some_rows(images.train, 50, seed=2))


@pytest.mark.parametrize("batch_size", [1, 16, 64, 1000])
def test_blocks_give_every_training_image_once_in_an_order_of_seed_and_epoch(
    cached: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    images = small_blocks(cached, monkeypatch)
    orders = [list(epoch_batches(images, seed, epoch, batch_size)) for seed, epoch in ((0, 1), (0, 1), (0, 2), (1, 1))]
    for order in orders:
        assert np.array_equal(np.sort(np.concatenate(order)), np.asarray(images.train))
        assert all(len(rows) == batch_size for rows in order[:-1]) and 0 < len(order[-1]) <= batch_size
    first, again, *others = (np.concatenate(order) for order in orders)
    assert np.array_equal(first, again)
    assert not any(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("first", [0, 1, 7, 12, 13])
def test_the_order_goes_on_from_any_batch(cached: Path, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    images = small_blocks(cached, monkeypatch)
    whole = list(epoch_batches(images, 3, 2, 16))
    rest = list(epoch_batches(images, 3, 2, 16, first))
    assert len(rest) == len(whole) - first
    assert all(np.array_equal(one, other) for one, other in zip(rest, whole[first:], strict=True))


def test_images_are_mixed_over_a_window_and_blocks_over_the_file(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = small_blocks(cached, monkeypatch)
    rows = np.concatenate(list(epoch_batches(images, 0, 1, 16)))
    apart = np.abs(np.diff(rows))
    assert np.median(apart) > 30, "neighbours in the order are no neighbours in the file"


def test_a_run_from_a_cache_stops_and_resumes_exactly(
    cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "PULSE_SECONDS", -1.0)
    images = small_blocks(cached, monkeypatch)
    model = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="bernoulli", hidden=(8,))
    training = TrainingSettings(epochs=2, batch_size=16, learning_rate=1e-3, patience=9)
    train_model(images, model, training, tmp_path / "whole")
    looks = iter(range(1000))
    train_model(images, model, training, tmp_path / "broken", should_stop=lambda: next(looks) >= 19)
    train_model(images, model, training, tmp_path / "broken", resume=True)
    kept = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "broken")]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("given", "count", "message"),
    [
        ([PIXELS[:20]], 21, "20 images came and 21 were announced"),
        ([PIXELS[:20], PIXELS[:20, :, :, :9].repeat(2, axis=3)], 40, r"the first was uint8 with images \(1, 8, 8\)"),
        ([PIXELS[:20], PIXELS[:20] / 255], 40, "a batch is float64"),
        ([(PIXELS[:20], LABELS[:20]), PIXELS[:20]], 40, "a batch of 20 images has no labels"),
        ([(PIXELS[:20], LABELS[:19])], 20, "a batch of 20 images has 19 labels"),
        ([PIXELS[:20, :, :4]], 20, "4x8 pixels; each side must be"),
        ([], 20, "0 images came and 20 were announced"),
    ],
)
def test_batches_that_do_not_fit_are_refused_and_leave_no_cache(
    tmp_path: Path, given: list, count: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        write_cache(tmp_path / "cache", given, count, "noise")
    assert not (tmp_path / "cache" / "cache.json").exists()


def test_a_folder_in_use_another_name_and_damage_are_told(cached: Path) -> None:
    with pytest.raises(DataError, match="is there already and holds something"):
        write_cache(cached, batches(), 300, "noise")
    with pytest.raises(DataError, match=r"holds 'noise'; --data is mine\. Give --data noise"):
        read_cache(cached, "mine")
    header = json.loads((cached / "cache.json").read_text())
    for change in ({"format_version": 2}, {"shape": [300, 1, 8, 9]}, {"fingerprint": "x"}):
        (cached / "cache.json").write_text(json.dumps(header | change))
        with pytest.raises(DataError, match=r"cannot be read \(.*Write it again"):
            read_cache(cached, "noise")
    (cached / "cache.json").write_text(json.dumps(header))
    (cached / "images.npy").write_bytes((cached / "images.npy").read_bytes()[:-5])
    with pytest.raises(DataError, match="cannot be read"):
        read_cache(cached, "noise")


def test_pages_are_read_ahead_and_given_back(cached: Path) -> None:
    mapped = MappedImages(cached / "images.npy")
    mapped.read(0, 300)
    mapped.drop(100, 300)
    assert np.array_equal(mapped.images, PIXELS), "what was given back comes again from the disk"
    with pytest.raises(ValueError, match="read-only"):
        mapped.images[0] = 0
