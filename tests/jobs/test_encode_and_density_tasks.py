"""Tasks that encode a data set and judge how dense the codes lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jobs import density_task, encode_task
from jobs.density_task import log_density_task
from store.encoded_cache import load_encoded
from tests.tiny import tiny_checkpoint
from vae_core.checkpoint import load_checkpoint, load_latents
from vae_core.data import DataError, from_arrays, load_images
from vae_core.data.cache import cache_images
from vae_core.latent import AggregatedPosterior
from vae_core.latent.maps import MapError
from vae_core.latents import image_hashes

ID = "0123456789abcdef"


class Heard(list):
    """A report that remembers what it was told."""

    def __call__(self, share: float, message: str = "") -> None:
        self.append((share, message))


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    tiny_checkpoint(tmp_path / "models", "tiny", latent_dim=3, evaluation=False)
    return tmp_path / "models"


def test_every_image_is_encoded_in_the_order_of_the_data(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode_task, "AT_ONCE", 500)
    heard, digits = Heard(), load_images("digits")
    assert encode_task.encode_task(root, "tiny", "digits", ID, heard) == ID
    found = load_encoded(ID)
    np.testing.assert_array_equal(found.image_hash, image_hashes(digits.images))
    np.testing.assert_array_equal(found.label, digits.labels)
    np.testing.assert_array_equal(found.data_row, np.arange(len(digits)))
    for number, rows in enumerate((digits.train, digits.validation, digits.test)):
        assert (found.split[rows] == number).all()
    stored = load_latents(root / "tiny")
    np.testing.assert_allclose(found.mean[digits.test], stored.mean, atol=2e-3)  # stored in float16
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[-1] == 1.0 and any("501 of 1,797" in words for _, words in heard)


def test_other_data_of_the_same_size_is_encoded_and_of_another_size_is_refused(root: Path, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 1, 8, 8), dtype=np.uint8)
    cache_images(from_arrays(pixels, name="noise"), tmp_path / "data" / "noise")
    encode_task.encode_task(root, "tiny", "noise", ID, Heard())
    found = load_encoded(ID)
    assert len(found) == 30 and found.label is None
    with pytest.raises(DataError, match=r"The images of shapes have the shape \(1, 64, 64\).*takes \(1, 8, 8\)"):
        encode_task.encode_task(root, "tiny", "shapes", ID, Heard())
    with pytest.raises(DataError, match="'nowhere'"):
        encode_task.encode_task(root, "tiny", "nowhere", ID, Heard())


def test_a_conditional_model_needs_labels_that_it_knows(root: Path, tmp_path: Path) -> None:
    tiny_checkpoint(root, "by-class", model={"classes": 10}, count=60, evaluation=False)
    pixels = np.random.default_rng(0).integers(0, 256, (30, 1, 8, 8), dtype=np.uint8)
    many = np.tile(pixels, (10, 1, 1, 1))
    cache_images(from_arrays(pixels, name="bare"), tmp_path / "data" / "bare")
    cache_images(from_arrays(many, np.repeat(np.arange(30), 10), name="many"), tmp_path / "data" / "many")
    encode_task.encode_task(root, "by-class", "digits", ID, Heard())
    vae, digits = load_checkpoint(root / "by-class").vae, load_images("digits")
    assert vae.classes == 10 and len(load_encoded(ID)) == len(digits)
    with pytest.raises(DataError, match="bare has no labels; the model is conditional on 10 classes"):
        encode_task.encode_task(root, "by-class", "bare", ID, Heard())
    with pytest.raises(DataError, match="many has labels up to 29; the model is conditional on 10 classes"):
        encode_task.encode_task(root, "by-class", "many", ID, Heard())


def test_the_density_leaves_each_images_own_component_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density_task, "AT_ONCE", 100)
    found = log_density_task(root, "tiny", "reference", Heard())
    latents = load_latents(root / "tiny")
    wanted = AggregatedPosterior(latents.mean, latents.std).log_prob(latents.mean, np.arange(len(latents)))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_of_many_images_a_sample_stands_for_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = log_density_task(root, "tiny", "reference", Heard())
    monkeypatch.setattr(density_task, "COMPONENTS", (200, 200))
    sampled = log_density_task(root, "tiny", "reference", Heard())
    assert np.isfinite(sampled).all() and (sampled != whole).any()
    assert np.corrcoef(sampled, whole)[0, 1] > 0.9, "200 of 360 images tell much the same"
    np.testing.assert_array_equal(sampled, log_density_task(root, "tiny", "reference", Heard()))


def test_what_cannot_be_judged_is_said(root: Path) -> None:
    with pytest.raises(MapError, match="are not in the cache any more"):
        log_density_task(root, "tiny", ID, Heard())
    tiny_checkpoint(root, "one", count=1, evaluation=False)
    with pytest.raises(ValueError, match="There is 1 encoded image; a density among the others needs 2"):
        log_density_task(root, "one", "reference", Heard())
