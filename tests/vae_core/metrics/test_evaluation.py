"""The scores that evaluation.json keeps."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.tiny import digit_images, tiny_vae
from vae_core.latents import encode_reference
from vae_core.metrics import active_units, evaluate_model, kl_per_dimension
from vae_core.settings import ModelSettings
from vae_core.vae import VAE


def model(likelihood: str = "bernoulli") -> VAE:
    return tiny_vae(
        ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood=likelihood, hidden=(16,))
    )


def test_every_image_counts_not_only_the_first_batch() -> None:
    images, _ = digit_images()
    vae = model("gaussian")
    scores = evaluate_model(vae, np.concatenate([images, 255 - images]), seed=1)
    assert scores.images == 2 * len(images) > 512
    first_half = evaluate_model(vae, images, seed=1)
    assert scores.negative_elbo != pytest.approx(first_half.negative_elbo, rel=1e-3)


def test_figures_are_those_of_the_reference_set() -> None:
    images, labels = digit_images()
    vae = model()
    latents = encode_reference(vae, images, labels, seed=4)
    scores = evaluate_model(vae, images, seed=4)
    assert scores.kl == pytest.approx(float(latents.kl.mean()))
    assert scores.reconstruction == pytest.approx(float(latents.reconstruction.mean()))
    assert scores.negative_elbo == pytest.approx(scores.kl + scores.reconstruction)
    assert scores.kl_per_dimension == pytest.approx(kl_per_dimension(latents.mean, latents.std).tolist())
    assert scores.active_units == active_units(latents.mean).sum()


@pytest.mark.parametrize(("likelihood", "pixels"), [("bernoulli", "binarised"), ("gaussian", "grey values")])
def test_says_what_the_likelihood_judged(likelihood: str, pixels: str) -> None:
    images, _ = digit_images(count=20)
    assert pixels in evaluate_model(model(likelihood), images).pixels


def test_the_tighter_estimate_is_lower_and_says_its_sample_count() -> None:
    images, _ = digit_images(count=200)
    scores = evaluate_model(model(), images, importance_samples=50, importance_images=150)
    assert scores.importance_samples == 50
    assert scores.importance_images == 150
    same_images = evaluate_model(model(), images[:150])
    assert scores.importance_weighted_nll < same_images.negative_elbo


def test_without_importance_samples_there_is_no_estimate() -> None:
    scores = evaluate_model(model(), digit_images(count=20)[0])
    assert scores.importance_weighted_nll is None
    assert scores.importance_images == 0


def test_ready_for_json() -> None:
    scores = evaluate_model(model(), digit_images(count=20)[0], importance_samples=2)
    assert json.loads(json.dumps(scores.as_dict(), allow_nan=False)) == scores.as_dict()
    assert scores.as_dict()["unit"] == "nats per image"


def test_repeatable_by_seed() -> None:
    images, _ = digit_images(count=30)
    assert evaluate_model(model(), images, seed=1) == evaluate_model(model(), images, seed=1)
    assert evaluate_model(model(), images, seed=1) != evaluate_model(model(), images, seed=2)


def test_no_images() -> None:
    with pytest.raises(ValueError, match=r"0 images to evaluate on; at least 1 is needed\. Choose"):
        evaluate_model(model(), digit_images(count=0)[0])
