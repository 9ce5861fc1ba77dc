"""One image as it is observed: grey as it is, binary as the seed says, with a label where one is needed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.objectives import observed_image
from vae_core.settings import ModelSettings

PIXELS = digit_images(count=1)[0][0]


def vae_of(**fields: object):
    return tiny_vae(ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, hidden=(16,), **fields))


def test_grey_values_stay_what_they_are() -> None:
    batch = observed_image(vae_of(likelihood="gaussian"), PIXELS)
    np.testing.assert_array_equal(batch.images.numpy()[0], np.float32(PIXELS) / 255)
    assert batch.labels is None and batch.is_observed


def test_binary_pixels_are_the_same_each_time_and_as_likely_as_grey() -> None:
    vae = vae_of(likelihood="bernoulli")
    first, again = (observed_image(vae, PIXELS).images for _ in range(2))
    assert torch.equal(first, again) and set(first.unique().tolist()) == {0.0, 1.0}
    mean = torch.stack([observed_image(vae, PIXELS, seed=seed).images for seed in range(2000)]).mean(dim=0)[0]
    grey = PIXELS / 255
    assert np.abs(mean.numpy() - grey).max() < 5 * 0.5 / np.sqrt(2000)
    vae.likelihood.check(first)


def test_a_conditional_model_needs_a_label() -> None:
    vae = vae_of(likelihood="gaussian", classes=10)
    assert observed_image(vae, PIXELS, label=3).labels.tolist() == [3]
    with pytest.raises(ValueError, match=r"No label was given; this model is conditional on 10 classes\. Choose"):
        observed_image(vae, PIXELS)
