"""The scores that evaluation.json keeps."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.latents import encode_reference
from vae_core.metrics import (
    Extent,
    TrainingImages,
    active_units,
    evaluate_model,
    importance_weighted_nll,
    kl_per_dimension,
    known_factors,
    mutual_information_gap,
)
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
    scores = evaluate_model(model(), images, extent=Extent(importance_samples=50, importance_images=150))
    assert scores.importance_samples == 50
    assert scores.importance_images == 150
    same_images = evaluate_model(model(), images[:150])
    assert scores.importance_weighted_nll < same_images.negative_elbo


def test_without_importance_samples_there_is_no_estimate() -> None:
    scores = evaluate_model(model(), digit_images(count=20)[0])
    assert scores.importance_weighted_nll is None
    assert scores.importance_images == 0


def known() -> dict:
    """Digits with their labels, and two factors made of the labels (a third has one value: it is left out)."""
    images, labels = digit_images()
    values = np.stack([labels // 5, labels % 5, np.zeros_like(labels)], axis=1)
    return {
        "images": images,
        "labels": labels,
        "factors": known_factors(values, ("shape", "scale", "constant")),
        "training": TrainingImages(images, labels),
    }


def test_what_is_known_of_the_images_is_scored() -> None:
    data = known()
    scores = evaluate_model(model(), **data, extent=Extent(generation_images=100, classifier_steps=30))
    means = encode_reference(model(), data["images"], data["labels"]).mean
    gap = mutual_information_gap(means, data["factors"].values)
    assert [factor.name for factor in scores.factors.factors] == ["shape", "scale"]
    assert [factor.mig for factor in scores.factors.factors] == gap.gap.tolist()
    assert [factor.mig_latent for factor in scores.factors.factors] == gap.holder.tolist()
    assert data["factors"].ordered == (False, True)
    assert scores.probe.linear > scores.probe.chance
    assert "classifier" in scores.generation.features
    assert scores.generation.generated_images == scores.generation.real_images == 100


def test_what_is_not_known_is_left_out() -> None:
    images, _ = digit_images(count=50)
    scores = evaluate_model(model(), images)
    assert (scores.probe, scores.factors, scores.generation) == (None, None, None)
    data = known()
    few = known_factors(data["factors"].values[:299], data["factors"].names)
    assert evaluate_model(model(), data["images"][:299], factors=few).factors is None  # too few to mean anything
    without_labels = evaluate_model(model(), images, training=TrainingImages(images, None))
    assert "principal components" in without_labels.generation.features


def test_generation_is_of_the_prior_not_of_the_images() -> None:
    """A decoder whose pictures never change covers next to nothing."""
    data = known()
    vae = model("gaussian")
    for parameter in vae.decoder.parameters():
        parameter.zero_()
    quality = evaluate_model(
        vae, data["images"], training=data["training"], extent=Extent(classifier_steps=30)
    ).generation
    assert quality.recall < 0.05


def test_parts_of_the_kl_add_up_to_it() -> None:
    images, _ = digit_images()
    scores = evaluate_model(model(), images)
    assert scores.decomposition_images == len(images)
    assert 0 <= scores.mutual_information <= np.log(len(images))
    total = scores.mutual_information + scores.total_correlation + scores.dimension_wise_kl
    assert total == pytest.approx(sum(scores.kl_per_dimension), rel=0.1)


def test_a_perfect_decoder_would_show_in_psnr_and_ssim() -> None:
    """All images black, and a decoder that says black."""
    vae = model("gaussian")
    for parameter in vae.decoder.parameters():
        parameter.zero_()
    vae.decoder[-2].bias.fill_(-60)
    scores = evaluate_model(vae, np.zeros((4, 1, 8, 8), np.uint8))
    assert (scores.psnr, scores.ssim) == (100, 1)
    assert evaluate_model(model("gaussian"), digit_images(count=50)[0]).psnr < 30


def test_a_conditional_model_is_given_its_labels() -> None:
    images, labels = digit_images(count=60)
    settings = ModelSettings(
        network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="bernoulli", hidden=(16,), classes=10
    )
    vae = tiny_vae(settings)
    extent = Extent(importance_samples=20, classifier_steps=5)
    training = TrainingImages(images, labels)
    scores = evaluate_model(vae, images, labels=labels, extent=extent, training=training)
    others = evaluate_model(vae, images, labels=(labels + 1) % 10, extent=extent, training=training)
    assert scores.importance_weighted_nll < scores.negative_elbo
    for figure in ("negative_elbo", "importance_weighted_nll", "psnr", "ssim", "mutual_information"):
        assert getattr(scores, figure) != getattr(others, figure)


def test_a_plain_autoencoder_has_no_likelihood() -> None:
    images, _ = digit_images(count=30)
    settings = ModelSettings(
        network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="gaussian", hidden=(16,), posterior="point"
    )
    vae = tiny_vae(settings)
    scores = evaluate_model(vae, images, extent=Extent(importance_samples=5))
    assert (scores.importance_weighted_nll, scores.mutual_information) == (None, None)
    assert scores.kl_per_dimension == (0, 0, 0)
    with pytest.raises(ValueError, match=r"no log p\(x\): a plain autoencoder.*choose a model with a posterior"):
        importance_weighted_nll(vae, torch.from_numpy(images) / 255, 5, torch.Generator())


def test_ready_for_json() -> None:
    scores = evaluate_model(model(), digit_images(count=20)[0], extent=Extent(importance_samples=2))
    assert json.loads(json.dumps(scores.as_dict(), allow_nan=False)) == scores.as_dict()
    assert scores.as_dict()["unit"] == "nats per image"
    whole = evaluate_model(model(), **known(), extent=Extent(generation_images=50, classifier_steps=5)).as_dict()
    read = json.loads(json.dumps(whole, allow_nan=False))
    assert read["factors"]["factors"][1]["name"] == "scale"
    assert read["generation"]["features"] == whole["generation"]["features"]
    assert read["probe"]["linear"] == whole["probe"]["linear"]


def test_repeatable_by_seed() -> None:
    images, _ = digit_images(count=30)
    assert evaluate_model(model(), images, seed=1) == evaluate_model(model(), images, seed=1)
    assert evaluate_model(model(), images, seed=1) != evaluate_model(model(), images, seed=2)


def test_no_images() -> None:
    with pytest.raises(ValueError, match=r"0 images to evaluate on; at least 1 is needed\. Choose"):
        evaluate_model(model(), digit_images(count=0)[0])
