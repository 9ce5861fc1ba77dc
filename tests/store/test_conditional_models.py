"""A conditional model in memory: usable without a word about classes, and under any class that it knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import store
from tests.tiny import digit_images, tiny_checkpoint


@pytest.fixture
def conditional(root: Path) -> store.LoadedModel:
    tiny_checkpoint(root, "conditional", model={"classes": 10})
    return store.model("conditional")


def test_class_0_where_none_is_named(conditional: store.LoadedModel) -> None:
    latents = np.random.default_rng(0).standard_normal((5, 2)).astype(np.float32)
    images, _ = digit_images(count=4)
    np.testing.assert_array_equal(conditional.decode(latents), conditional.decode(latents, label=0))
    assert (conditional.decode(latents) != conditional.decode(latents, label=7)).any()
    assert (conditional.encode(images)[0] != conditional.encode(images, label=7)[0]).all()


def test_one_class_for_each_row(conditional: store.LoadedModel) -> None:
    latents, labels = np.zeros((600, 2), np.float32), np.arange(600) % 10
    pictures = conditional.decode(latents, labels)
    for label in range(10):
        np.testing.assert_array_equal(pictures[label], conditional.decode(latents[:1], label)[0])
        np.testing.assert_array_equal(pictures[590 + label], pictures[label])


def test_a_row_is_reconstructed_under_its_own_class(conditional: store.LoadedModel) -> None:
    rows = np.arange(6)
    latents = conditional.latents
    with torch.inference_mode():
        means = conditional.vae.decode_mean(
            torch.from_numpy(latents.mean[rows].copy()), torch.from_numpy(latents.label[rows].astype(np.int64))
        )
    wanted = means.numpy().transpose(0, 2, 3, 1)
    assert np.abs(conditional.reconstruct(rows) - 255 * wanted).max() <= 0.5001


def test_a_class_that_the_model_does_not_know_is_named(conditional: store.LoadedModel) -> None:
    with pytest.raises(ValueError, match=r"this model knows 0 to 9\. Choose among these"):
        conditional.decode(np.zeros((1, 2), np.float32), label=10)


def test_any_other_model_takes_no_notice_of_the_class(root: Path) -> None:
    model, latents = store.model("tiny-2d"), np.zeros((2, 2), np.float32)
    np.testing.assert_array_equal(model.decode(latents, label=5), model.decode(latents))


@pytest.mark.parametrize("prior", ["normal", "mixture", "vamp"])
def test_samples_of_the_prior_by_seed(root: Path, prior: str) -> None:
    tiny_checkpoint(root, "with-prior", latents=False, model={"prior": prior, "prior_components": 3})
    model = store.model("with-prior")
    assert model.sample_prior(7, 0).shape == (7, 2) and model.sample_prior(7, 0).dtype == np.float32
    np.testing.assert_array_equal(model.sample_prior(7, 1), model.sample_prior(7, 1))
