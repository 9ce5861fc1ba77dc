"""The reference set: hashes, encodings, ranges."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.latents import Latents, aggregated_range, encode_reference, image_hashes
from vae_core.settings import ModelSettings
from vae_core.vae import VAE


def model(likelihood: str = "gaussian") -> VAE:
    return tiny_vae(
        ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood=likelihood, hidden=(16,))
    )


@pytest.fixture(scope="module")
def latents() -> Latents:
    return encode_reference(model(), *digit_images(count=50))


def test_hash_is_of_the_pixel_bytes() -> None:
    images, _ = digit_images((3, 9, 10), count=3)
    wanted = [int.from_bytes(hashlib.blake2b(image.tobytes(), digest_size=8).digest(), "little") for image in images]
    assert image_hashes(images).tolist() == wanted
    assert image_hashes(images).dtype == np.uint64


def test_hash_sees_one_changed_pixel_and_no_memory_order() -> None:
    images, _ = digit_images(count=4)
    changed = images.copy()
    changed[2, 0, 7, 7] ^= 1
    assert (image_hashes(images) == image_hashes(changed)).tolist() == [True, True, False, True]
    np.testing.assert_array_equal(image_hashes(np.asfortranarray(images)), image_hashes(images))


def test_bundled_digits_have_no_two_equal_hashes_of_different_images() -> None:
    images, _ = digit_images()
    assert len(np.unique(image_hashes(images))) == len(np.unique(images.reshape(len(images), -1), axis=0))


def test_scaled_pixels_are_not_hashed() -> None:
    with pytest.raises(ValueError, match=r"The images are float32; hashes are of uint8 pixels\. Pass"):
        image_hashes(np.zeros((1, 1, 8, 8), np.float32))


def test_no_images_no_hashes() -> None:
    assert image_hashes(np.zeros((0, 1, 8, 8), np.uint8)).shape == (0,)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_encodes_the_grey_values_under_any_likelihood(likelihood: str) -> None:
    images, labels = digit_images(count=50)
    vae = model(likelihood)
    latents = encode_reference(vae, images, labels, batch=7)
    posterior = vae.encode(torch.from_numpy(images).float() / 255)
    np.testing.assert_allclose(latents.mean, posterior.mean.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(latents.std, posterior.stddev.numpy(), rtol=1e-4)
    np.testing.assert_array_equal(latents.label, labels)
    assert latents.label.dtype == np.int16
    assert len(latents) == 50


def test_scores_are_repeatable_by_seed() -> None:
    images, labels = digit_images(count=50)
    first, again, other = (encode_reference(model("bernoulli"), images, labels, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.reconstruction, again.reconstruction)
    assert (first.reconstruction != other.reconstruction).any()
    np.testing.assert_array_equal(first.mean, other.mean)


def test_labels_may_be_absent() -> None:
    assert encode_reference(model(), digit_images(count=5)[0], None).label is None


def test_range_holds_ninety_nine_percent_of_the_aggregated_posterior(latents: Latents) -> None:
    ranges = aggregated_range(latents)
    draws = latents.mean + latents.std * np.random.default_rng(5).standard_normal((2000, *latents.mean.shape))
    inside = (draws > ranges[:, 0]) & (draws < ranges[:, 1])
    assert ranges.dtype == np.float32
    assert (inside.mean(axis=(0, 1)) > 0.95).all()


def test_range_of_a_dimension_that_says_nothing_is_the_priors(latents: Latents) -> None:
    count = 20_000
    rows = np.zeros(count, np.float32)
    unused = Latents(
        mean=np.zeros((count, 1), np.float32),
        std=np.ones((count, 1), np.float32),
        image_hash=np.zeros(count, np.uint64),
        kl=rows,
        reconstruction=rows,
    )
    np.testing.assert_allclose(aggregated_range(unused), [[-2.576, 2.576]], atol=0.15)


def test_range_is_repeatable_by_seed(latents: Latents) -> None:
    np.testing.assert_array_equal(aggregated_range(latents, seed=1), aggregated_range(latents, seed=1))
    assert (aggregated_range(latents, seed=1) != aggregated_range(latents, seed=2)).any()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "mean",
            np.zeros((0, 2), np.float32),
            r"mean has shape \(0, 2\); it must be \(N, D\) with at least one row",
        ),
        ("mean", np.zeros(50, np.float32), r"mean has shape \(50,\)"),
        ("std", np.ones((50, 3), np.float32), r"std has shape \(50, 3\); it must be \(50, 2\)"),
        ("label", np.zeros(49, np.int16), r"label has shape \(49,\); it must be \(50,\)"),
        ("kl", np.full(50, np.nan, np.float32), "kl holds 50 values that are NaN or infinite"),
        ("mean", np.full((50, 2), np.inf, np.float32), "mean holds 100 values that are NaN or infinite"),
        ("std", np.zeros((50, 2), np.float32), "std has the value 0.0; a spread must be above 0"),
    ],
)
def test_refuses_what_does_not_fit(latents: Latents, field: str, value: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(latents, **{field: value})


def test_images_that_nobody_may_change_are_encoded_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    images, _ = digit_images(count=2)
    images = images.copy()
    images.flags.writeable = False
    torch.set_warn_always(True)  # else torch says it once per process, and another test may have heard it
    try:
        encode_reference(model(), images, None)
    finally:
        torch.set_warn_always(False)
    assert [str(warning.message) for warning in recwarn if "not writable" in str(warning.message)] == []
