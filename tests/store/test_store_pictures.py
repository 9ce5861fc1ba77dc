"""Originals are matched by hash; where one is missing its reconstruction stands in, and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import store
import store.references
from store.pictures import pictures
from store.references import match
from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import load_latents, save_latents
from vae_core.data import DataError, load_images
from vae_core.settings import DataSettings


@settings(deadline=None)  # how fast a busy machine is says nothing
@given(
    hashes=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30, unique=True),
    wanted=st.lists(st.integers(0, 30) | st.just(2**64 - 1), min_size=1, max_size=30),
    seed=st.integers(0, 99),
)
def test_each_wanted_hash_finds_its_image_or_none(hashes: list[int], wanted: list[int], seed: int) -> None:
    images = np.random.default_rng(seed).integers(1, 256, (len(hashes), 1, 2, 2), dtype=np.uint8)
    wanted_hashes = [hashes[place] if place < len(hashes) else place for place in wanted]
    found = match(images, np.uint64(hashes), np.array(wanted_hashes, dtype=np.uint64), np.arange(len(images)))
    for row, value in enumerate(wanted_hashes):
        assert found.rows_found[row] == (value in hashes)
        expected = images[hashes.index(value)] if value in hashes else np.zeros((1, 2, 2), np.uint8)
        np.testing.assert_array_equal(found.images[row], expected)


def test_the_originals_of_the_bundled_digits_are_those_of_the_test_split(root: Path) -> None:
    model = store.model("tiny-2d")
    references = store.reference_images(model)
    digits = load_images("digits")
    expected = digits.images[digits.test][: len(model.latents)].transpose(0, 2, 3, 1)
    assert references.rows_found.all()
    np.testing.assert_array_equal(references.pictures(np.arange(len(model.latents))), expected)


def test_of_drawn_data_only_the_test_images_are_drawn(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = load_images("shapes", count=60, split_seed=3)
    tiny_checkpoint(
        root,
        "drawn",
        network="conv",
        image_shape=(1, 64, 64),
        hidden=(4, 4),
        images=images.images[images.test],
        labels=images.labels[images.test],
        data=images.settings(),
    )
    monkeypatch.setattr("vae_core.data.load_recorded", lambda *_, **__: pytest.fail("the whole set was asked for"))
    references = store.reference_images(store.model("drawn"))
    assert references.rows_found.all()
    np.testing.assert_array_equal(references.images, images.images[images.test])


def test_data_in_another_order_is_matched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = store.model("tiny-2d")
    before = store.reference_images(model).images.copy()
    digits = load_images("digits")
    digits.images[:] = digits.images[::-1]
    monkeypatch.setattr("vae_core.data.load_recorded", lambda data, download: digits)
    monkeypatch.setattr(store.references, "_REFERENCES", store.references.References())
    np.testing.assert_array_equal(store.reference_images(model).images, before)


def test_absent_data_is_looked_for_again_after_a_while(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def absent(data: DataSettings, download: bool) -> None:
        asked.append((data.name, download))
        raise DataError("not here")

    monkeypatch.setattr("vae_core.data.load_recorded", absent)
    model = store.model("tiny-2d")
    assert store.reference_images(model) is None and store.reference_images(model) is None
    assert asked == [("digits", False)], "asked once, without a download"
    monkeypatch.setattr(store.references, "ABSENT_FOR", -1.0)
    assert store.reference_images(model) is None
    assert len(asked) == 2


def test_auto_is_the_original_where_it_is_and_the_reconstruction_elsewhere(root: Path, monkeypatch) -> None:
    model = store.model("tiny-2d")
    whole = store.reference_images(model)
    found = whole.rows_found.copy()
    found[1] = False
    partly = store.ReferenceImages(rows_found=found, images=whole.images, data_rows=whole.data_rows)
    monkeypatch.setattr("store.pictures.reference_images", lambda model: partly)
    pixels, which = pictures(model, [0, 1, 2])
    assert which == ["original", "reconstruction", "original"]
    np.testing.assert_array_equal(pixels[0], whole.pictures(np.array([0]))[0])
    np.testing.assert_array_equal(pixels[1], model.reconstruct(np.array([1]))[0])
    with pytest.raises(LookupError, match="original of row 1 is not on this machine"):
        store.picture(model, 1, "original")


def test_without_the_data_every_picture_is_a_reconstruction(root: Path) -> None:
    model = store.model("tiny-colour")
    assert store.reference_images(model) is None
    pixels, which = store.picture(model, 3)
    assert which == "reconstruction"
    np.testing.assert_array_equal(pixels, model.reconstruct(np.array([3]))[0])


@pytest.mark.parametrize("row", [-1, 10**9])
def test_a_row_that_is_not_there_says_which_are(root: Path, row: int) -> None:
    with pytest.raises(LookupError, match=f"row is {row}; the reference set of tiny-2d has rows 0 to"):
        store.picture(store.model("tiny-2d"), row)


def test_an_unknown_kind_says_which_are_known(root: Path) -> None:
    with pytest.raises(LookupError, match="'negative'; it must be one of auto, original, reconstruction"):
        store.picture(store.model("tiny-2d"), 0, "negative")


def test_rows_in_another_order_get_their_own_originals(root: Path) -> None:
    model = store.model("tiny-2d")
    before = store.reference_images(model).images.copy()
    folder = root / "tiny-2d"
    latents = load_latents(folder)
    names = ("mean", "std", "image_hash", "kl", "reconstruction", "label")
    save_latents(folder, replace(latents, **{name: getattr(latents, name)[::-1] for name in names}))
    turned = store.reference_images(store.model("tiny-2d")).images
    np.testing.assert_array_equal(turned, before[::-1])
