"""The figures of the chapters on autoencoders, generation and β, each computed another way."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import store
from live.anatomy.figures import FIGURES
from live.answers import Refused
from tests.tiny import digit_images, tiny_checkpoint
from vae_core.data import load_images

IMAGE = digit_images(count=5)[0][3]
VAE, POINT, COLLAPSED = "digits-2d-beta-1", "digits-ae-2d", "digits-2d-beta-20"


def asked(name: str, figure: str, **content: Any) -> dict[str, Any]:
    return FIGURES[figure](store.model(name), content)


def coded(pixels: np.ndarray) -> str:
    return base64.b64encode(pixels.tobytes()).decode()


def floats(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


def pictures(fields: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(fields["pixels"]), np.uint8).reshape(-1, *fields["shape"])


def sigma_of(name: str) -> float:
    """The Gaussian likelihood's σ, by its definition: softly above e⁻⁶."""
    raw = float(store.model(name).vae.likelihood.raw_log_sigma)
    return math.exp(-6 + math.log1p(math.exp(raw + 6)))


@pytest.mark.parametrize("name", [VAE, POINT, COLLAPSED])
def test_codes_are_counted_by_hand(name: str) -> None:
    found, latents = asked(name, "codes"), store.model(name).latents
    points = floats(found["points"], found["rows"], 2)
    np.testing.assert_array_equal(points, latents.mean)
    inside = np.hypot(points[:, 0], points[:, 1]) <= math.sqrt(-2 * math.log(0.05))  # the radius in two dimensions
    assert found["coverage"] == pytest.approx(inside.mean())
    mean, variance = latents.mean.astype(float), latents.std.astype(float) ** 2
    kl = 0.5 * (mean**2 + variance - 1 - np.log(variance)).mean(axis=0)
    assert found["kl_per_dimension"] is None if name == POINT else found["kl_per_dimension"] == pytest.approx(kl)
    assert found["active"] == (latents.mean.var(axis=0) > 0.01).sum()
    assert found["labels"] == latents.label.tolist()


def test_the_autoencoders_draws_differ_less_than_the_vaes_and_are_what_decoding_them_gives() -> None:
    point, vae = asked(POINT, "codes"), asked(VAE, "codes")
    assert point["coverage"] < 0.3 < 0.7 < vae["coverage"]
    assert point["variety"] < 0.7 < 0.8 < vae["variety"]
    model = store.model(VAE)
    draws = np.random.default_rng(3).normal(size=(4_000, 2)).astype(np.float32)
    encoded = model.latents.mean[:256]
    spread = [model.decode(latents).astype(float).var(axis=0).sum() for latents in (draws, encoded)]
    assert vae["variety"] == pytest.approx(spread[0] / spread[1], rel=0.1)  # other draws, the same prior


@pytest.mark.parametrize("name", [VAE, POINT])
def test_a_reconstruction_and_its_figures_by_hand(name: str) -> None:
    found, model = asked(name, "reconstructed", image=coded(IMAGE)), store.model(name)
    mean, std = model.encode(IMAGE[None])
    np.testing.assert_allclose(found["mean"], mean[0], rtol=1e-5)
    np.testing.assert_allclose(found["std"], std[0], rtol=1e-5)
    picture = pictures(found)[0]
    np.testing.assert_array_equal(picture, model.decode(mean)[0])
    error = np.square(IMAGE[0] / 255 - picture[..., 0] / 255).mean()
    assert found["psnr"] == pytest.approx(-10 * math.log10(error), abs=0.05)  # the picture here is rounded
    likely = norm.logpdf(IMAGE[0] / 255, picture[..., 0] / 255, sigma_of(name)).sum()
    assert found["cost"] == pytest.approx(-likely, abs=0.3)
    kl = 0.5 * (mean**2 + std**2 - 1 - 2 * np.log(std)).sum()
    assert found["kl"] is None if name == POINT else found["kl"] == pytest.approx(kl, rel=1e-4)


def silu(values: np.ndarray) -> np.ndarray:
    return values / (1 + np.exp(-values))


def test_a_decoded_picture_is_the_sums_of_its_network() -> None:
    model, values = store.model(VAE), np.array([[0.4, -1.1], [0, 2]])
    weights = {name: value.numpy().astype(float) for name, value in model.vae.state_dict().items()}
    expected = values
    for layer in (0, 2, 4):
        expected = expected @ weights[f"decoder.{layer}.weight"].T + weights[f"decoder.{layer}.bias"]
        expected = silu(expected) if layer < 4 else 1 / (1 + np.exp(-expected))
    found = model.decode(values.astype(np.float32)).reshape(2, 64) / 255
    assert found == pytest.approx(expected, abs=0.51 / 255)


def test_the_cost_of_all_images_is_that_of_their_pictures() -> None:
    """The stored cost is of one draw of z for each image; over all of them another draw gives nearly the same."""
    model, source = store.model(VAE), np.random.default_rng(0)
    images = load_images("digits")
    grey = images.pixels(images.test)[:, 0] / 255
    latents = model.latents.mean + model.latents.std * source.normal(size=model.latents.mean.shape)
    pictures_of_z = model.decode(latents.astype(np.float32))[..., 0] / 255
    costs = -norm.logpdf(grey, pictures_of_z, sigma_of(VAE)).sum(axis=(1, 2))
    error = costs.std() / math.sqrt(len(costs))
    assert asked(VAE, "aggregate")["reconstruction"] == pytest.approx(costs.mean(), abs=4 * error)


def test_log_densities_are_those_of_normal_distributions() -> None:
    latent, model = [0.4, -1.1], store.model(VAE)
    found = asked(VAE, "log_densities", latent=latent, seed=7)
    assert found["log_prior"] == pytest.approx(norm.logpdf(latent).sum(), abs=1e-5)
    latents = np.array([latent], dtype=np.float32)
    drawn, mean = model.draw(latents, 7)[0] / 255, model.decode(latents)[0] / 255
    assert found["log_likelihood"] == pytest.approx(norm.logpdf(drawn, mean, sigma_of(VAE)).sum(), abs=1.0)  # rounded
    assert asked(VAE, "log_densities", latent=latent, seed=8)["log_likelihood"] != found["log_likelihood"]


def test_a_pixels_density_is_the_normal_one() -> None:
    latent = [0.4, -1.1]
    found = asked(VAE, "pixel", latent=latent, place=[0, 3, 4])
    mean = store.model(VAE).decode(np.array([latent], dtype=np.float32))[0, 3, 4, 0] / 255
    assert found["kind"] == "density"
    assert found["mean"] == pytest.approx(mean, abs=0.5 / 255)
    assert found["weights"] == pytest.approx(
        norm.pdf(found["values"], found["mean"], sigma_of(VAE)), rel=1e-3, abs=1e-6
    )


def test_the_kl_of_all_images_falls_into_two_parts() -> None:
    found, latents = asked(VAE, "aggregate"), store.model(VAE).latents
    assert found["kl"] == pytest.approx(float(latents.kl.mean()), rel=1e-4)
    source = np.random.default_rng(1)
    rows = source.integers(0, len(latents), 20_000)
    draws = latents.mean[rows] + latents.std[rows] * source.normal(size=(20_000, 2))
    table = norm.logpdf(draws[:, None], latents.mean, latents.std).sum(axis=2)
    terms = np.logaddexp.reduce(table, axis=1) - math.log(len(latents)) - norm.logpdf(draws).sum(axis=1)
    assert found["marginal_kl"] == pytest.approx(terms.mean(), abs=5 * terms.std() / math.sqrt(len(terms)))
    assert found["mutual_information"] + found["marginal_kl"] == pytest.approx(found["kl"])
    assert found["reconstruction"] == pytest.approx(float(latents.reconstruction.mean()), rel=1e-5)
    assert found["active"] == 2 and asked(COLLAPSED, "aggregate")["active"] == 0
    shades = np.frombuffer(base64.b64decode(found["density"]), np.uint8).reshape(80, 80)
    row, column = np.unravel_index(shades.argmax(), shades.shape)
    peak = np.array([[(column + 0.5) / 10 - 4, 4 - (row + 0.5) / 10]])
    assert np.square(latents.mean - peak).sum(axis=1).min() < 0.2  # the densest cell lies where images are encoded


def test_beyond_two_dimensions_the_kl_is_not_taken_apart() -> None:
    found = asked("digits-8d", "aggregate")
    assert found["density"] is None and found["mutual_information"] is None and found["marginal_kl"] is None
    assert found["kl"] == pytest.approx(float(store.model("digits-8d").latents.kl.mean()), rel=1e-4)


def test_the_replay_of_the_collapse() -> None:
    found = asked(COLLAPSED, "collapse")
    epochs, curves = found["epochs"], found["curves"]
    means = floats(found["means"], len(epochs), len(found["labels"]), 2)
    kl = np.array(curves["kl_per_dimension"])
    assert kl[0].sum() > 1 and kl[-1].sum() < 0.01 and len(kl) == 100
    assert curves["beta"][44] == pytest.approx(10) and curves["beta"][-1] == 20  # 20 after nine tenths of 100 epochs
    assert means.std(axis=1).max() > 0.8 and means[-1].std(axis=0).max() < 0.05
    samples = pictures(found["samples"]).reshape(len(epochs), -1, *found["samples"]["shape"]).astype(float)
    assert samples[-1].std(axis=0).max() < 6 < 30 < samples[10].std(axis=0).max()  # grey levels: in the end all alike
    assert pictures(found["originals"]).shape[1:] == (8, 8, 1)


def test_the_last_snapshot_is_what_the_model_itself_says() -> None:
    found, model = asked(COLLAPSED, "collapse"), store.model(COLLAPSED)
    originals = pictures(found["originals"]).transpose(0, 3, 1, 2)
    means, _ = model.encode(originals)
    kept = floats(found["means"], len(found["epochs"]), len(found["labels"]), 2)[-1]
    np.testing.assert_allclose(
        kept[: len(means)], means, atol=2e-3
    )  # kept in half precision; the best epoch is the last
    returned = pictures(found["reconstructions"]).reshape(len(found["epochs"]), *originals.shape[:1], 8, 8, 1)[-1]
    np.testing.assert_allclose(returned, model.decode(means), atol=1)
    last = found["curves"]["kl_per_dimension"][-1]
    assert sum(last) == pytest.approx(float(model.latents.kl.mean()), abs=2e-3)  # of other images, both next to nothing


@pytest.mark.parametrize(
    ("name", "figure", "content", "words"),
    [
        (POINT, "aggregate", {}, "digits-ae-2d has no such figure: it needs a VAE with a standard normal prior"),
        (VAE, "collapse", {}, "has no snapshots. Train with --snapshots"),
        (VAE, "pixel", {"latent": [0, 0], "place": [0, 9, 0]}, r"The pixel is \(0, 9, 0\)"),
        (VAE, "pixel", {"latent": [0, 0], "place": "x"}, r"place is x; it must be \[channel, row, column\]"),
        (VAE, "log_densities", {"latent": [0, 0, 0]}, "latent is .*; it must be a list of 2 finite numbers"),
        (VAE, "codes", {"rows": 3}, "The field 'rows' is unknown"),
    ],
)
def test_what_cannot_be_is_said(name: str, figure: str, content: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        asked(name, figure, **content)


def test_without_test_images_and_with_a_mere_cost(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_CHECKPOINTS", str(tmp_path))
    tiny_checkpoint(tmp_path, "cost", likelihood="cross-entropy", latents=False, evaluation=False)
    with pytest.raises(Refused, match="cost has no encoded test images"):
        asked("cost", "codes")
    assert asked("cost", "log_densities", latent=[0, 0])["log_likelihood"] is None
    assert asked("cost", "pixel", latent=[0, 0], place=[0, 0, 0])["kind"] == "none"
