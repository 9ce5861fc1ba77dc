"""DIP-VAE: covariances computed by hand."""

from __future__ import annotations

import pytest
import torch

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.objectives import Batch, Moment, build_objective
from vae_core.objectives.dip_vae import identity_cost, mean_covariance


def test_the_covariance_of_four_means_worked_out_by_hand() -> None:
    means = torch.tensor([[1.0, 2.0], [3.0, 6.0], [1.0, 6.0], [3.0, 10.0]])  # centred: ∓1, and −4, 0, 0, 4
    torch.testing.assert_close(mean_covariance(means), torch.tensor([[1.0, 2.0], [2.0, 8.0]]))


def test_the_cost_worked_out_by_hand() -> None:
    covariance = torch.tensor([[1.0, 2.0], [2.0, 8.0]])
    assert identity_cost(covariance, off_diagonal=1.0, diagonal=0.0).item() == pytest.approx(2 * 2.0**2)
    assert identity_cost(covariance, off_diagonal=0.0, diagonal=1.0).item() == pytest.approx(7.0**2)
    assert identity_cost(covariance, off_diagonal=3.0, diagonal=5.0).item() == pytest.approx(3 * 8 + 5 * 49)
    assert identity_cost(torch.eye(3), 3.0, 5.0).item() == 0.0


@pytest.mark.parametrize(("name", "factor"), [("dip-vae-i", 10.0), ("dip-vae-ii", 1.0)])
def test_the_loss_is_that_of_the_paper(name: str, factor: float) -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings(name, penalty=2.0))
    terms = objective(vae, Batch(images), generator(), Moment())
    posterior = vae.encode(images)
    covariance = torch.cov(posterior.mean.T, correction=0)
    if name == "dip-vae-ii":  # the law of total covariance
        covariance = covariance + torch.diag(posterior.variance.mean(dim=0))
    cost = 0.0
    for i in range(3):
        for j in range(3):
            entry = covariance[i, j]
            cost = cost + (2.0 * factor * (entry - 1) ** 2 if i == j else 2.0 * entry**2)
    torch.testing.assert_close(terms.loss, -terms.elbo.elbo.mean() + cost)


def test_the_covariance_of_the_second_is_that_of_many_draws() -> None:
    vae, images = learning_vae(), digits()[0]
    posterior = vae.encode(images)
    wanted = mean_covariance(posterior.mean) + posterior.variance.mean(dim=0).diag()
    noise = torch.randn(50_000, *posterior.mean.shape, generator=generator())
    draws = (posterior.mean + posterior.stddev * noise).flatten(0, 1).detach()
    torch.testing.assert_close(torch.cov(draws.T, correction=0), wanted, rtol=0.02, atol=0.02)
