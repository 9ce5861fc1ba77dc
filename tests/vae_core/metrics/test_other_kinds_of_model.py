"""Conditional models, plain autoencoders and models without a likelihood: each gets the scores it has, and no other."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from tests.tiny import digit_images, tiny_checkpoint, tiny_vae
from vae_core.checkpoint import list_checkpoints, load_config, load_evaluation, load_latents
from vae_core.command_line.screen import checkpoint_table, score_table
from vae_core.latents import encode_reference
from vae_core.metrics import Extent, evaluate_model, importance_weighted_nll
from vae_core.model_card import model_card
from vae_core.objectives import elbo
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

KINDS = {
    "point": ({"posterior": "point"}, "a plain autoencoder has no ELBO"),
    "cost": ({"likelihood": "cross-entropy"}, "its reconstruction cost is no likelihood"),
}


def built(**changes: object) -> VAE:
    values = {"network": "mlp", "image_shape": (1, 8, 8), "latent_dim": 2, "likelihood": "gaussian", "hidden": (16,)}
    return tiny_vae(ModelSettings(**{**values, **changes}))


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_elbo_reports_none_and_says_why(kind: str) -> None:
    changes, reason = KINDS[kind]
    scores = evaluate_model(built(**changes), digit_images(count=30)[0], extent=Extent(importance_samples=5))
    assert scores.negative_elbo is None and scores.importance_weighted_nll is None
    assert scores.bits_per_dimension is None and scores.no_elbo == reason
    assert np.isfinite(scores.reconstruction)
    assert json.loads(json.dumps(scores.as_dict(), allow_nan=False)) == scores.as_dict()


@pytest.mark.parametrize("kind", KINDS)
def test_the_importance_weighted_estimate_is_refused(kind: str) -> None:
    changes, reason = KINDS[kind]
    images = torch.from_numpy(digit_images(count=3)[0]).float() / 255
    with pytest.raises(ValueError, match=rf"This model has no log p\(x\): {reason}\. Compare reconstructions"):
        importance_weighted_nll(built(**changes), images, 5, generator())


def test_a_plain_autoencoder_has_no_kl() -> None:
    images, labels = digit_images(count=30)
    vae = built(posterior="point")
    latents = encode_reference(vae, images, labels)
    assert (latents.kl == 0).all() and latents.reconstruction.std() > 0
    scores = evaluate_model(vae, images)
    assert scores.kl == 0 and scores.kl_per_dimension == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_card_list_and_table_show_a_dash_with_the_reason(kind: str, tmp_path: Path) -> None:
    changes, reason = dict(KINDS[kind][0]), KINDS[kind][1]
    folder = tiny_checkpoint(
        tmp_path, likelihood=changes.pop("likelihood", "gaussian"), latents=False, count=20, model=changes
    )
    evaluation = load_evaluation(folder)
    card = model_card(load_config(folder), evaluation)
    assert f"| −ELBO | – | {reason} |" in card
    assert ("A plain autoencoder with" in card) == (kind == "point")
    assert ("cost of the picture, no likelihood" in card) == (kind == "cost")
    screen = Console(width=160, record=True, file=io.StringIO())
    screen.print(score_table(evaluation))
    screen.print(checkpoint_table(list_checkpoints(tmp_path)))
    shown = screen.export_text()
    assert reason in shown and shown.count("–") >= 2


def test_a_conditional_model_is_scored_under_the_labels_it_is_given() -> None:
    images, labels = digit_images(count=40)
    vae = built(classes=10)
    scores = evaluate_model(vae, images, labels=labels, extent=Extent(importance_samples=20))
    others = evaluate_model(vae, images, labels=(labels + 1) % 10, extent=Extent(importance_samples=20))
    assert scores.negative_elbo != pytest.approx(others.negative_elbo, rel=1e-3)
    assert scores.importance_weighted_nll < scores.negative_elbo
    latents = encode_reference(vae, images, labels)
    posterior = vae.encode(torch.from_numpy(images).float() / 255, torch.from_numpy(labels))
    np.testing.assert_allclose(latents.mean, posterior.mean, rtol=1e-5, atol=1e-5)


def test_a_conditional_model_without_labels_is_refused() -> None:
    images, _ = digit_images(count=3)
    vae = built(classes=10)
    with pytest.raises(ValueError, match="No labels were given; this model is conditional on 10 classes"):
        encode_reference(vae, images, None)
    with pytest.raises(ValueError, match="No labels were given"):
        evaluate_model(vae, images)
    with pytest.raises(ValueError, match="No labels were given"):
        elbo(vae, torch.from_numpy(images).float() / 255, generator())


def test_labels_of_any_other_model_are_no_condition() -> None:
    images, labels = digit_images(count=20)
    labelled, plain = evaluate_model(built(), images, labels=labels), evaluate_model(built(), images)
    assert replace(labelled, probe=None) == plain


@pytest.mark.parametrize(
    ("likelihood", "dequantise", "has_bits"),
    [
        ("discretised-logistic", False, True),
        ("categorical", False, True),
        ("bernoulli", False, True),
        ("gaussian", False, False),
        ("gaussian", True, True),
        ("continuous-bernoulli", True, True),
    ],
)
def test_bits_per_dimension_where_they_are_a_figure(likelihood: str, dequantise: bool, has_bits: bool) -> None:
    vae = built(likelihood=likelihood, dequantise=dequantise, levels=16)
    scores = evaluate_model(vae, digit_images(count=20)[0])
    assert (scores.bits_per_dimension is not None) == has_bits
    if has_bits:
        offset = 8 if dequantise else 0
        assert scores.bits_per_dimension == pytest.approx(scores.negative_elbo / (64 * np.log(2)) + offset)


@pytest.mark.parametrize("prior", ["mixture", "vamp"])
def test_another_prior_is_scored_by_its_own_density(prior: str) -> None:
    images, _ = digit_images(count=60)
    vae = built(prior=prior, prior_components=3)
    scores = evaluate_model(vae, images, extent=Extent(importance_samples=200))
    assert scores.importance_weighted_nll < scores.negative_elbo
    with torch.no_grad():
        for parameter in vae.latent_prior.parameters():
            parameter.add_(1.0)
    moved = evaluate_model(vae, images)
    assert moved.kl_per_dimension != scores.kl_per_dimension and moved.kl != scores.kl


@pytest.mark.parametrize("likelihood", ["gaussian", "categorical", "discretised-logistic"])
def test_every_likelihood_makes_a_checkpoint_whose_card_says_what_it_is(likelihood: str, tmp_path: Path) -> None:
    folder = tiny_checkpoint(tmp_path, likelihood=likelihood, count=10, model={"levels": 8, "prior": "mixture"})
    card = model_card(load_config(folder), load_evaluation(folder))
    assert ("bits per dimension" in card) == (likelihood != "gaussian")
    assert "- Prior: mixture of normal densities, learned beside the model, 1 component" in card
    assert ("8 levels" in card) == (likelihood == "categorical")
    assert load_latents(folder) is not None
