"""p(x|z) of one pixel against closed forms, and against the sum that log p(x|z) of a whole picture is."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal

from vae_core.likelihoods import LIKELIHOODS, pixel_values
from vae_core.settings import ModelSettings

SHAPE = (3, 8, 9)
PIXEL = (1, 2, 3)
DENSITIES = ("gaussian", "gaussian-fixed", "gaussian-optimal", "continuous-bernoulli")
MASSES = ("bernoulli", "bernoulli-fixed", "categorical", "discretised-logistic")


def likelihood_and_output(name: str):
    settings = ModelSettings(network="mlp", image_shape=SHAPE, latent_dim=2, hidden=(4,), likelihood=name, levels=16)
    likelihood = LIKELIHOODS[name](settings).eval().requires_grad_(False)
    channels = SHAPE[0] * likelihood.outputs_per_value(settings)
    output = torch.randn((1, channels, *SHAPE[1:]), generator=torch.Generator().manual_seed(3))
    return likelihood, output


@pytest.mark.parametrize("name", MASSES)
def test_probabilities_sum_to_one_and_have_the_mean_of_the_picture(name: str) -> None:
    likelihood, output = likelihood_and_output(name)
    found = pixel_values(likelihood, output, PIXEL)
    assert found.kind == "mass"
    assert found.weights.sum() == pytest.approx(1, abs=1e-4)
    assert (found.values * found.weights).sum() == pytest.approx(found.mean, abs=3e-3)
    assert found.mean == pytest.approx(float(likelihood.mean(output)[0][PIXEL]), abs=1e-6)


@pytest.mark.parametrize("name", DENSITIES)
def test_a_density_integrates_to_one_and_to_the_mean_of_the_picture(name: str) -> None:
    likelihood, output = likelihood_and_output(name)
    found = pixel_values(likelihood, output, PIXEL)
    step = found.values[1] - found.values[0]
    weights = found.weights.copy()
    weights[[0, -1]] /= 2  # the trapezoidal rule
    assert found.kind == "density"
    assert weights.sum() * step == pytest.approx(1, abs=0.03)
    assert (weights * found.values).sum() * step == pytest.approx(float(likelihood.mean(output)[0][PIXEL]), abs=0.03)


def test_it_is_the_normal_density_and_the_bernoulli_probability() -> None:
    likelihood, output = likelihood_and_output("gaussian-fixed")
    found = pixel_values(likelihood, output, PIXEL)
    expected = Normal(found.mean, likelihood.sigma).log_prob(torch.from_numpy(found.values)).exp().numpy()
    assert found.weights == pytest.approx(expected, rel=1e-3, abs=1e-9)
    likelihood, output = likelihood_and_output("bernoulli")
    white = 1 / (1 + math.exp(-float(output[0][PIXEL])))
    assert pixel_values(likelihood, output, PIXEL).weights == pytest.approx([1 - white, white], rel=1e-5)


@pytest.mark.parametrize("name", [*MASSES, *DENSITIES])
def test_the_pixels_together_are_the_likelihood_of_the_picture(name: str) -> None:
    likelihood, output = likelihood_and_output(name)
    number = -1 if name in MASSES else 200
    value = pixel_values(likelihood, output, PIXEL).values[number]
    picture = torch.full((1, *SHAPE), float(value))
    places = [(c, y, x) for c in range(SHAPE[0]) for y in range(SHAPE[1]) for x in range(SHAPE[2])]
    total = sum(math.log(pixel_values(likelihood, output, place).weights[number]) for place in places)
    assert total == pytest.approx(float(likelihood.log_prob(output, picture)), rel=1e-4, abs=1e-3)


def test_a_cost_that_is_no_likelihood_has_a_mean_and_no_weights() -> None:
    likelihood, output = likelihood_and_output("cross-entropy")
    found = pixel_values(likelihood, output, PIXEL)
    assert found.kind == "none" and len(found.weights) == 0
    assert found.mean == pytest.approx(float(output[0][PIXEL].sigmoid()))


def test_a_pixel_outside_is_refused_with_the_shape() -> None:
    likelihood, output = likelihood_and_output("gaussian")
    with pytest.raises(IndexError, match=r"The pixel is \(0, 8, 0\).*\(3, 8, 9\)"):
        pixel_values(likelihood, output, (0, 8, 0))
