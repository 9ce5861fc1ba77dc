"""A run that begins with the weights of another model: what it takes over, what it refuses, what its settings say."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from vae_core.checkpoint import load_checkpoint
from vae_core.command_line.choices import settings_from
from vae_core.command_line.options import Choices, flag_of
from vae_core.data import ImageSet, load_images
from vae_core.likelihoods import LIKELIHOODS
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training import TrainingError, train_model
from vae_core.training.initial_weights import InitialWeights, initial_weights_of, start_from
from vae_core.vae import build_vae

PROJECT = Path(__file__).resolve().parents[3]
MODEL = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=3, likelihood="gaussian", hidden=(24,))
TRAINING = TrainingSettings(epochs=1, batch_size=100, learning_rate=1e-6, patience=10)


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load_images("digits")


def in_colour(images: ImageSet) -> ImageSet:
    return replace(images, images=np.repeat(images.images, 3, axis=1))


def grey_model(settings: ModelSettings) -> InitialWeights:
    vae = build_vae(settings, 1)
    own = torch.Generator().manual_seed(1)
    for value in vae.likelihood.state_dict().values():  # as training would leave them
        value.add_(torch.rand(value.shape, generator=own))
    return InitialWeights("grey", "grey@0123456789abcdef", settings, vae)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize(("network", "hidden"), [("mlp", (16, 8)), ("conv", (4, 8)), ("residual", (4, 8))])
def test_a_colour_model_begins_as_the_grey_one(network: str, hidden: tuple[int, ...], likelihood: str) -> None:
    changes = {"network": network, "hidden": hidden, "image_shape": (1, 16, 16), "likelihood": likelihood, "levels": 5}
    settings = MODEL.model_copy(update=changes)
    grey, coloured = grey_model(settings), settings.model_copy(update={"image_shape": (3, 16, 16)})
    colour = build_vae(coloured, 2)
    start_from(colour, coloured, grey)
    images = torch.rand((5, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        known, code = grey.vae.encode(images), colour.encode(images.expand(-1, 3, -1, -1))
        torch.testing.assert_close(code.mean, known.mean)
        torch.testing.assert_close(code.stddev, known.stddev)
        drawn = colour.decode_mean(known.mean)
        torch.testing.assert_close(drawn, grey.vae.decode_mean(known.mean).expand(-1, 3, -1, -1))
    weights = colour.state_dict()
    own = {name: value for name, value in grey.vae.state_dict().items() if name.startswith("likelihood")}
    assert all(torch.equal(weights[name], value) for name, value in own.items())


@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_a_collapsed_dimension_begins_afresh(network: str) -> None:
    hidden = {"mlp": (16, 8), "conv": (4, 8)}[network]
    settings = MODEL.model_copy(update={"network": network, "hidden": hidden, "image_shape": (1, 16, 16)})
    known, new, fresh = replace(grey_model(settings), collapsed=(1,)), build_vae(settings, 2), build_vae(settings, 2)
    start_from(new, settings, known)
    images = torch.rand((5, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    latents = torch.randn((5, 3), generator=torch.Generator().manual_seed(1))
    elsewhere = latents.clone()
    elsewhere[:, 1] = 0  # where the fresh dimension says nothing, the decoder is the known one
    with torch.inference_mode():
        torch.testing.assert_close(new.encode(images).mean[:, [0, 2]], known.vae.encode(images).mean[:, [0, 2]])
        assert not torch.allclose(new.encode(images).mean[:, 1], known.vae.encode(images).mean[:, 1])
        torch.testing.assert_close(new.decode_mean(elsewhere), known.vae.decode_mean(elsewhere))
        assert not torch.allclose(new.decode_mean(latents), known.vae.decode_mean(latents))
    weights, random, kept = new.state_dict(), fresh.state_dict(), known.vae.state_dict()
    rows = [name for name in weights if name.startswith("encoder")][-2:]
    assert all(torch.equal(weights[name][[1, 4]], random[name][[1, 4]]) for name in rows)
    assert all(torch.equal(weights[name][[0, 2, 3, 5]], kept[name][[0, 2, 3, 5]]) for name in rows)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"network": "conv"}, "network is mlp there and conv here"),
        ({"latent_dim": 4}, "latent_dim is 3 there and 4 here"),
        ({"image_shape": (1, 8, 24)}, "image_shape is 1,8,8 there and 1,8,24 here"),
        ({"image_shape": (3, 8, 16)}, "image_shape is 1,8,8 there and 3,8,16 here"),
        ({"hidden": (24, 12)}, "hidden is 24 there and 24,12 here"),
        ({"activation": "relu"}, "activation is silu there and relu here"),
        ({"likelihood": "gaussian-optimal"}, "likelihood is gaussian there and gaussian-optimal here"),
        ({"prior": "mixture"}, "prior is normal there and mixture here"),
        ({"posterior": "point"}, "posterior is normal there and point here"),
        ({"classes": 10}, "classes is 0 there and 10 here"),
    ],
)
def test_another_make_is_refused(change: dict, difference: str) -> None:
    other = MODEL.model_copy(update=change)
    with pytest.raises(TrainingError, match=rf"do not fit the new model \(.*\): {difference}\. Give both the same"):
        start_from(build_vae(other, 0), other, grey_model(MODEL))


@pytest.mark.parametrize(
    ("there", "here", "difference"),
    [
        ({"activation": "silu"}, {"activation": "relu"}, "activation is silu there and relu here"),
        (
            {"likelihood": "bernoulli"},
            {"likelihood": "continuous-bernoulli"},
            "likelihood is bernoulli there and continuous-bernoulli here",
        ),
        ({"image_shape": (1, 8, 32)}, {"image_shape": (1, 16, 16)}, "image_shape is 1,8,32 there and 1,16,16 here"),
        (
            {"image_shape": (1, 8, 8), "likelihood": "categorical", "levels": 12},
            {"image_shape": (3, 8, 8), "likelihood": "categorical", "levels": 4},
            "levels is 12 there and 4 here",
        ),
        (
            {"prior": "mixture", "prior_components": 1},
            {"image_shape": (3, 8, 8), "prior": "mixture", "prior_components": 3},
            "prior_components is 1 there and 3 here",
        ),
    ],
)
def test_another_kind_is_refused_where_the_weights_would_fit(there: dict, here: dict, difference: str) -> None:
    known, other = grey_model(MODEL.model_copy(update=there)), MODEL.model_copy(update=here)
    with pytest.raises(TrainingError, match=difference):
        start_from(build_vae(other, 0), other, known)


def test_colour_of_a_conditional_model_is_refused_by_its_shapes() -> None:
    grey, colour = (MODEL.model_copy(update={"classes": 2, "image_shape": (count, 8, 8)}) for count in (1, 3))
    with pytest.raises(TrainingError, match=r"encoder\.1\.weight is 24×192 there and 24×320 here"):
        start_from(build_vae(colour, 0), colour, grey_model(grey))


def test_a_fixed_sigma_and_dequantisation_may_differ() -> None:
    there = MODEL.model_copy(update={"likelihood": "gaussian-fixed"})
    here = there.model_copy(update={"sigma": 0.3, "dequantise": True})
    new, known = build_vae(here, 0), grey_model(there)
    start_from(new, here, known)
    latents = torch.randn((4, 3), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(new.decode_mean(latents), known.vae.decode_mean(latents))


def test_the_example_of_the_readme_fits() -> None:
    readme, flag = (PROJECT / "README.md").read_text(), "--initial-weights"
    words = next(line for line in readme.splitlines() if flag in line and line.startswith("python")).split()
    options = {word: value for word, value in pairwise(words) if word.startswith("--")}
    given = {flag_of(field.name): field.name for field in fields(Choices)}
    choices = {given[option]: value for option, value in options.items() if option in given}
    choices["latent_dim"] = int(choices["latent_dim"])
    images = load_images(options["--data"], count=80)
    model, _ = settings_from(Choices(**choices), images, None)
    start_from(build_vae(model, 0), model, initial_weights_of(load_checkpoint(PROJECT / options[flag])))


def test_a_run_begins_there_says_so_and_is_resumed(digits: ImageSet, tmp_path: Path) -> None:
    train_model(digits, MODEL, TRAINING.model_copy(update={"learning_rate": 3e-3}), tmp_path / "grey")
    first = load_checkpoint(tmp_path / "grey")
    initial = replace(initial_weights_of(first), collapsed=())  # after one epoch some may be
    coloured = MODEL.model_copy(update={"image_shape": (3, 8, 8)})
    train_model(in_colour(digits), coloured, TRAINING, tmp_path / "colour", initial=initial)
    second = load_checkpoint(tmp_path / "colour")
    assert second.config.training.initial_weights == f"grey@{first.weights_hash[:16]}"
    latents = torch.randn((4, 3), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():  # so small a learning rate has hardly moved it
        expected = first.vae.decode_mean(latents).expand(-1, 3, -1, -1)
        torch.testing.assert_close(second.vae.decode_mean(latents), expected, atol=1e-3, rtol=0)
    longer = TRAINING.model_copy(update={"epochs": 2})
    result = train_model(in_colour(digits), coloured, longer, tmp_path / "colour", resume=True, initial=initial)
    assert result.epochs == 2
    with pytest.raises(TrainingError, match="initial_weights is ; the run in colour was started with grey@"):
        train_model(in_colour(digits), coloured, longer, tmp_path / "colour", resume=True)


def test_what_does_not_fit_leaves_no_folder(digits: ImageSet, tmp_path: Path) -> None:
    other = grey_model(MODEL.model_copy(update={"latent_dim": 2}))
    with pytest.raises(TrainingError, match="do not fit the new model"):
        train_model(digits, MODEL, TRAINING, tmp_path / "run", initial=other)
    assert not (tmp_path / "run").exists()
