"""Weighed draws of one image: the weights, the estimate and its standard error, the bounds, by other ways."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.vae_core.metrics.plane import even_grid, log_sum, plane_model, posterior_of, silent_model
from vae_core.metrics import bounds_by_count, evidence_estimate, weighed_from_posterior, weighed_from_prior
from vae_core.objectives import Batch, elbo


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("fields", [{}, {"likelihood": "gaussian"}, {"likelihood": "gaussian", "classes": 10}])
def test_weights_are_the_ratio_of_densities(fields: dict[str, object]) -> None:
    vae, batch = plane_model(**fields)
    q = posterior_of(vae, batch)
    draws = weighed_from_posterior(vae, batch, q, 50, generator())
    labels = None if batch.labels is None else batch.labels.expand(50)
    pixels = vae.decode(draws.latents, labels).log_prob(batch.images).sum(dim=(1, 2, 3))
    prior = torch.distributions.Normal(0.0, 1.0)
    wanted = pixels + prior.log_prob(draws.latents).sum(dim=1) - q.log_prob(draws.latents).sum(dim=1)
    torch.testing.assert_close(draws.log_weights, wanted, rtol=1e-5, atol=1e-3)
    plain = weighed_from_prior(vae, batch, 50, generator())
    pixels = vae.decode(plain.latents, labels).log_prob(batch.images).sum(dim=(1, 2, 3))
    torch.testing.assert_close(plain.log_weights, pixels, rtol=1e-5, atol=1e-3)


def test_draws_are_spread_as_asked_and_repeatable() -> None:
    vae, batch = plane_model()
    q = torch.distributions.Normal(torch.tensor([[1.0, -2.0]]), torch.tensor([[0.1, 0.5]]))
    latents = weighed_from_posterior(vae, batch, q, 20_000, generator(1)).latents
    np.testing.assert_allclose(latents.mean(dim=0), [1, -2], atol=0.02)
    np.testing.assert_allclose(latents.std(dim=0), [0.1, 0.5], rtol=0.03)
    again = weighed_from_posterior(vae, batch, q, 20_000, generator(1))
    assert torch.equal(latents, again.latents)
    prior = weighed_from_prior(vae, batch, 20_000, generator(1)).latents
    np.testing.assert_allclose(prior.std(dim=0), [1, 1], rtol=0.03)


@pytest.mark.parametrize("draw", ["posterior", "prior"])
def test_both_ways_find_the_integral(draw: str) -> None:
    vae, batch = plane_model(damped=0.2)
    _, log_joint, area = even_grid(vae, batch)
    weighed = (
        weighed_from_prior(vae, batch, 40_000, generator())
        if draw == "prior"
        else weighed_from_posterior(vae, batch, posterior_of(vae, batch), 40_000, generator())
    )
    found = evidence_estimate(weighed.log_weights)
    assert found.value == pytest.approx(log_sum(log_joint) + math.log(area), abs=5 * found.standard_error + 1e-3)
    assert found.standard_error < 0.1


def test_the_standard_error_is_the_spread_of_many_estimates() -> None:
    logs = torch.randn(4000, 400, generator=generator()) * 0.8 - 500  # weights log-normal, log E[w] = −500 + 0.32
    found = [evidence_estimate(row) for row in logs]
    values = np.array([each.value for each in found])
    errors = np.array([each.standard_error for each in found])
    assert values.std() == pytest.approx(errors.mean(), rel=0.05)
    assert values.mean() == pytest.approx(-500 + 0.32, abs=0.01)
    effective = np.mean([each.effective_draws for each in found])
    assert effective == pytest.approx(400 / math.exp(0.64), rel=0.05)


def test_estimates_of_few_draws() -> None:
    one = evidence_estimate(torch.tensor([-3.0]))
    assert (one.value, one.standard_error, one.effective_draws) == (-3.0, math.inf, 1.0)
    same = evidence_estimate(torch.full((10,), -200.0))
    assert (same.value, same.standard_error) == (-200.0, 0.0) and same.effective_draws == pytest.approx(10)
    with pytest.raises(ValueError, match="There are 0 weights"):
        evidence_estimate(torch.zeros(0))


def test_bounds_are_means_over_groups_and_rise_from_the_elbo() -> None:
    vae, batch = plane_model(damped=0.5)
    q = posterior_of(vae, batch)
    logs = weighed_from_posterior(vae, batch, q, 8192, generator()).log_weights
    bounds = bounds_by_count(logs)
    assert [each.count for each in bounds] == [2**power for power in range(11)]
    four = logs.double().numpy()[: 8192 // 4 * 4].reshape(-1, 4)
    loop = [math.log(np.exp(group - group.max()).mean()) + group.max() for group in four]
    assert bounds[2].mean == pytest.approx(np.mean(loop)) and bounds[2].groups == 2048
    assert bounds[2].standard_error == pytest.approx(np.std(loop, ddof=1) / math.sqrt(2048))
    means = [each.mean for each in bounds]
    assert means[0] < means[3] < means[6]
    many = Batch(batch.images.repeat(4000, 1, 1, 1))
    terms = elbo(vae, many.images, generator(3)).elbo
    error = math.hypot(float(terms.std()) / math.sqrt(4000), bounds[0].standard_error)
    assert bounds[0].mean == pytest.approx(float(terms.mean()), abs=5 * error)


def test_exact_when_the_latent_says_nothing() -> None:
    vae, batch = silent_model()
    for draws in (
        weighed_from_prior(vae, batch, 5, generator()),
        weighed_from_posterior(vae, batch, posterior_of(vae, batch), 5, generator()),
    ):
        found = evidence_estimate(draws.log_weights)
        assert found.value == pytest.approx(-64 * math.log(2), rel=1e-6) and found.standard_error < 1e-5
