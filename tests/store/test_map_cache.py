"""Maps and encoded sets come back from the disk as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from store.cache_files import write_kept
from store.encoded_cache import Encoded, is_encoded, load_encoded, save_encoded
from store.map_cache import KeptMap, load_map, map_is_kept, map_was_damaged, save_map
from tests.vae_core.latent.maps.known_latents import groups
from vae_core.latent.maps import fit_map, map_quality, place_on_map

NAME = "0123456789abcdef"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("pca", {"components": 3}), ("umap", {"components": 2, "neighbours": 10, "min_dist": 0.1, "seed": 0})],
)
def test_a_map_comes_back_whole_and_takes_new_images(method: str, parameters: dict) -> None:
    means, _ = groups()
    fitted = fit_map(means, method, parameters)
    save_map(NAME, KeptMap(fitted, map_quality(means, fitted.points), np.arange(120, dtype=np.uint64)))
    assert map_is_kept(NAME)
    kept = load_map(NAME)
    np.testing.assert_array_equal(kept.fitted.points, fitted.points)
    np.testing.assert_array_equal(kept.image_hash, np.arange(120))
    assert (kept.fitted.method, kept.fitted.parameters, kept.fitted.titles) == (method, parameters, fitted.titles)
    assert kept.fitted.words == fitted.words
    assert kept.quality_facts()["words"].startswith("Neighbours on this map are")
    assert kept.quality_facts()["trustworthiness"] == kept.quality.trustworthiness
    new = means[:5] + 0.1
    np.testing.assert_array_equal(place_on_map(kept.fitted, new), place_on_map(fitted, new))


def test_a_file_without_what_a_map_needs_is_moved_aside() -> None:
    write_kept("maps", NAME, {"points": np.zeros((3, 2))})
    assert load_map(NAME) is None
    assert map_was_damaged(NAME)


def encoded(count: int = 5) -> Encoded:
    floats = np.arange(3 * count, dtype=np.float32).reshape(count, 3)
    return Encoded(
        mean=floats,
        std=floats + 1,
        kl=floats[:, 0],
        reconstruction=floats[:, 1],
        image_hash=np.arange(count, dtype=np.uint64),
        split=np.zeros(count, dtype=np.int8),
        data_row=np.arange(count),
    )


def test_encoded_images_come_back_with_and_without_labels() -> None:
    assert not is_encoded(NAME)
    save_encoded(NAME, encoded())
    assert is_encoded(NAME)
    assert load_encoded(NAME).label is None
    for field, values in encoded().arrays().items():
        np.testing.assert_array_equal(getattr(load_encoded(NAME), field), values)


def test_encoded_images_whose_rows_disagree_are_moved_aside() -> None:
    write_kept("latents", NAME, {**encoded().arrays(), "kl": np.zeros(4, dtype=np.float32)})
    assert load_encoded(NAME) is None
    assert not is_encoded(NAME)
