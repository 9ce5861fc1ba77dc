"""What holds for every registered likelihood: it adds up to 1, its mean is its mean, its gradients are finite."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from vae_core.likelihoods import LIKELIHOODS, Likelihood, bits_per_dimension
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

DISCRETE = [name for name in LIKELIHOODS if LIKELIHOODS[name].measure == "discrete"]
DENSITIES = [name for name in LIKELIHOODS if LIKELIHOODS[name].measure == "density"]
NORMAL = [name for name in DENSITIES if name.startswith("gaussian")]


def model(likelihood: str, **changes: object) -> ModelSettings:
    values = {"network": "mlp", "image_shape": (1, 8, 8), "latent_dim": 2, "hidden": (8,), "levels": 16}
    return ModelSettings(likelihood=likelihood, **{**values, **changes})


def built(name: str, **changes: object) -> Likelihood:
    return LIKELIHOODS[name](model(name, **changes)).eval()


def output_of(name: str, spread: float = 2.0, images: int = 3, **changes: object) -> Tensor:
    per_value = LIKELIHOODS[name].outputs_per_value(model(name, **changes))
    return spread * torch.randn(images, per_value, 4, 5, generator=generator())


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def support(name: str) -> Tensor:
    """All pixel values that a discrete likelihood of `model` judges."""
    levels = {"categorical": 16, "discretised-logistic": 256}.get(name, 2)
    return torch.linspace(0, 1, levels)


@pytest.mark.parametrize("name", DISCRETE)
@pytest.mark.parametrize("spread", [0.5, 6.0])
def test_probabilities_add_up_to_one(name: str, spread: float) -> None:
    pixels = built(name).distribution(output_of(name, spread).double())
    total = sum(pixels.log_prob(value.double()).exp() for value in support(name))
    torch.testing.assert_close(total, torch.ones_like(total), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_integrate_to_one(name: str) -> None:
    grid = torch.linspace(-8, 9, 200_001) if name in NORMAL else torch.linspace(0, 1, 200_001)
    for output in (-9.0, -1.0, -0.1, 1e-5, 0.15, 0.3, 4.0):
        density = built(name).distribution(torch.tensor(output).double()).log_prob(grid.double()).exp()
        assert torch.trapezoid(density, grid.double()).item() == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("name", DISCRETE)
def test_the_mean_is_the_sum_over_all_pixel_values(name: str) -> None:
    likelihood, output = built(name), output_of(name)
    pixels = likelihood.distribution(output)
    wanted = sum(value * pixels.log_prob(value).exp() for value in support(name))
    half_a_level = 1 / 510 if name == "discretised-logistic" else 1e-5
    torch.testing.assert_close(likelihood.mean(output), wanted, rtol=0, atol=half_a_level)
    torch.testing.assert_close(pixels.mean, likelihood.mean(output), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", DENSITIES)
def test_the_mean_is_the_integral(name: str) -> None:
    grid = torch.linspace(-8, 9, 200_001) if name in NORMAL else torch.linspace(0, 1, 200_001)
    for output in (-30.0, -1.0, -0.1, 0.0, 0.15, 4.0):
        value = torch.full((1, 1, 1, 1), output)
        density = built(name).distribution(value.double().squeeze()).log_prob(grid.double()).exp()
        wanted = torch.trapezoid(grid.double() * density, grid.double()).item()
        assert built(name).mean(value).item() == pytest.approx(wanted, abs=3e-4)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_log_prob_sums_that_of_the_distribution(name: str) -> None:
    likelihood, output = built(name), output_of(name)
    seen = likelihood.observe((torch.rand(3, 1, 4, 5, generator=generator(1)) * 255).round() / 255, generator())
    likelihood.check(seen)
    wanted = likelihood.distribution(output).log_prob(seen).sum(dim=(1, 2, 3))
    torch.testing.assert_close(likelihood.log_prob(output, seen), wanted)


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("size", [0.0, 1e-3, 1.0, 30.0, 1e4])
def test_values_and_gradients_are_finite_at_extremes(name: str, size: float) -> None:
    likelihood = LIKELIHOODS[name](model(name))
    output = (size * output_of(name).sign()).requires_grad_()
    for grey in (0.0, 1.0, 128 / 255):
        seen = likelihood.observe(torch.full((3, 1, 4, 5), grey), generator())
        cost = -likelihood.log_prob(output, seen).sum()
        (gradient,) = torch.autograd.grad(cost, output)
        assert cost.isfinite() and gradient.isfinite().all()
    mean = likelihood.mean(output)
    assert ((mean >= 0) & (mean <= 1 + 1e-6)).all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_output_is_that_of_the_networks(name: str) -> None:
    vae = VAE(model(name, image_shape=(3, 9, 8), levels=8)).eval()
    latents = torch.randn(4, 2, generator=generator())
    assert vae.decode_mean(latents).shape == (4, 3, 9, 8)
    assert vae.decode(latents).batch_shape == (4, 3, 9, 8)
    assert vae.decode(latents).sample().shape == (4, 3, 9, 8)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_it_says_what_it_is(name: str) -> None:
    likelihood = built(name)
    assert likelihood.label and likelihood.words and likelihood.pixels
    assert likelihood.measure in ("discrete", "density", "none")
    assert ("density" in likelihood.words) == (likelihood.measure == "density")


@pytest.mark.parametrize("name", DISCRETE)
def test_bits_of_a_discrete_likelihood(name: str) -> None:
    assert bits_per_dimension(built(name), 64 * math.log(2), (1, 8, 8)) == pytest.approx(1)


@pytest.mark.parametrize("name", DENSITIES)
def test_a_density_has_bits_only_on_dequantised_pixels(name: str) -> None:
    assert bits_per_dimension(built(name), 0.0, (1, 8, 8)) is None
    assert bits_per_dimension(built(name, dequantise=True), 0.0, (1, 8, 8)) == pytest.approx(8)


def test_what_is_no_likelihood_has_no_bits() -> None:
    assert bits_per_dimension(built("cross-entropy"), 10.0, (1, 8, 8)) is None


@pytest.mark.parametrize("name", DENSITIES)
def test_dequantised_pixels_spread_evenly_over_their_level(name: str) -> None:
    likelihood = built(name, dequantise=True)
    images = torch.arange(256).repeat_interleave(400).float() / 255
    levels = likelihood.observe(images, generator()).view(256, 400) * 256
    assert torch.equal(levels.floor(), torch.arange(256.0)[:, None].expand(-1, 400))
    # five standard errors of the mean of 102,400 uniform numbers
    assert (levels - levels.floor()).mean().item() == pytest.approx(0.5, abs=5 * 0.2887 / 320)
    assert "dequantised" in likelihood.pixels


def test_the_dequantised_density_bounds_the_probability_of_the_bytes() -> None:
    """P(k) is the integral of the density over the bin; the mean of log p − log 256 over the bin lies below log P."""
    likelihood = built("continuous-bernoulli", dequantise=True)
    pixels = likelihood.distribution(torch.tensor(3.0).double())
    for level in (0, 100, 255):
        inside = (level + torch.linspace(0, 1, 2001).double()) / 256
        log_density = pixels.log_prob(inside)
        log_probability = torch.trapezoid(log_density.exp(), inside).log()
        bound = torch.trapezoid(log_density, inside) * 256 - math.log(256)
        assert bound <= log_probability + 1e-9
        assert bound.item() == pytest.approx(log_probability.item(), abs=1e-3)


@pytest.mark.parametrize("name", [*DISCRETE, "cross-entropy"])
def test_only_a_density_is_dequantised(name: str) -> None:
    with pytest.raises(ValueError, match=r"dequantise is on with the likelihood .*; only a density .*\. Switch it off"):
        VAE(model(name, dequantise=True))


@pytest.mark.parametrize("name", [*DENSITIES, "cross-entropy"])
@pytest.mark.parametrize("pixel", [-0.1, 1.01, math.nan, math.inf])
def test_a_pixel_that_is_no_grey_value_is_named(name: str, pixel: float) -> None:
    images = torch.full((2, 1, 3, 3), 0.5)
    images[1, 0, 2, 2] = pixel
    with pytest.raises(ValueError, match=rf"A pixel is {pixel:.4g}; a grey value lies between 0 and 1\. Divide"):
        built(name).check(images)


@pytest.mark.parametrize("name", ["discretised-logistic", "categorical"])
@pytest.mark.parametrize("pixel", [0.3337, -1 / 15, 1 + 1 / 15, math.nan])
def test_a_pixel_between_two_levels_is_named(name: str, pixel: float) -> None:
    images = torch.zeros(2, 1, 3, 3)
    images[1, 0, 2, 2] = pixel
    with pytest.raises(ValueError, match=rf"A pixel is {pixel:.4g}; the {name} likelihood judges only the .* levels"):
        built(name).check(images)


@pytest.mark.parametrize("name", list(LIKELIHOODS))
def test_spread_is_that_of_the_levels_where_the_decoder_makes_one(name: str) -> None:
    likelihood, output = built(name), output_of(name).double()
    if not likelihood.has_spread:
        with pytest.raises(ValueError, match=r"has no spread for each pixel of each latent\. Take one that has"):
            likelihood.spread(output)
        return
    pixels, levels = likelihood.distribution(output), support(name).double()
    shares = torch.stack([pixels.log_prob(level).exp() for level in levels], dim=-1)
    mean = (shares * levels).sum(dim=-1, keepdim=True)
    wanted = (shares * (levels - mean).square()).sum(dim=-1).sqrt()
    torch.testing.assert_close(likelihood.spread(output), wanted, rtol=0.1, atol=0.01)


@pytest.mark.parametrize("name", [name for name in LIKELIHOODS if LIKELIHOODS[name].has_spread])
def test_spread_has_a_finite_slope_where_a_pixel_is_certain(name: str) -> None:
    output = output_of(name, spread=60.0).requires_grad_()
    built(name).spread(output).sum().backward()
    assert torch.isfinite(output.grad).all()
