"""The ELBO under a normal q of one's choice, by draws and by an even grid; and q moved up it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from tests.vae_core.metrics.plane import even_grid, log_sum, normal_log, plane_model, posterior_of, silent_model
from vae_core.objectives import elbo, gaussian_elbo, raised_gaussian


@pytest.mark.parametrize("fields", [{}, {"likelihood": "gaussian"}, {"prior": "mixture", "prior_components": 3}])
def test_the_rule_is_the_sum_over_an_even_grid(fields: dict[str, object]) -> None:
    vae, batch = plane_model(**fields)
    q = Normal(torch.tensor([[0.4, -0.7]]), torch.tensor([[0.3, 0.2]]))
    found = gaussian_elbo(vae, batch, q)
    places, log_joint, area = even_grid(vae, batch)
    log_q = normal_log(places, q.mean[0], q.stddev[0])
    assert found.elbo == pytest.approx((np.exp(log_q) * area) @ (log_joint - log_q), abs=0.02)
    assert found.elbo == pytest.approx(-found.reconstruction - found.kl) and found.standard_error == 0
    if "prior" not in fields:
        closed = torch.distributions.kl_divergence(q, Normal(torch.zeros(2), torch.ones(2))).sum()
        assert found.kl == pytest.approx(float(closed), rel=1e-5)


def test_draws_stand_in_for_the_rule_beyond_the_plane() -> None:
    vae, batch = plane_model("gaussian", latent_dim=5)
    q = posterior_of(vae, batch)
    found, again = (gaussian_elbo(vae, batch, q) for _ in range(2))
    assert found == again and found.standard_error > 0
    many = elbo(vae, batch.images, torch.Generator().manual_seed(5), samples=20_000).elbo.item()
    assert found.elbo == pytest.approx(many, abs=5 * found.standard_error)


def test_a_step_up_never_falls_and_ends_below_the_evidence() -> None:
    vae, batch = plane_model("gaussian")
    q = posterior_of(vae, batch)
    start = gaussian_elbo(vae, batch, q).elbo
    first = raised_gaussian(vae, batch, q, 1)
    far = raised_gaussian(vae, batch, q, 200)
    _, log_joint, area = even_grid(vae, batch)
    assert start < first.elbo < far.elbo < log_sum(log_joint) + math.log(area) + 1e-3
    assert far.elbo == pytest.approx(gaussian_elbo(vae, batch, Normal(far.mean[None], far.std[None])).elbo, abs=1e-2)
    for shift in (Normal(far.mean[None] + 0.3 * far.std, far.std[None]), Normal(far.mean[None], 1.3 * far.std[None])):
        assert gaussian_elbo(vae, batch, shift).elbo < far.elbo


def test_the_best_q_of_a_silent_decoder_is_the_prior() -> None:
    vae, batch = silent_model()
    q = Normal(torch.tensor([[1.5, -0.5]]), torch.tensor([[0.2, 2.0]]))
    found = raised_gaussian(vae, batch, q, 100)
    np.testing.assert_allclose(found.mean, [0, 0], atol=1e-2)
    np.testing.assert_allclose(found.std, [1, 1], atol=1e-2)
    assert found.elbo == pytest.approx(-64 * math.log(2), abs=1e-3)


def test_a_plain_autoencoder_is_refused() -> None:
    vae, batch = plane_model("gaussian", posterior="point")
    for act in (lambda q: gaussian_elbo(vae, batch, q), lambda q: raised_gaussian(vae, batch, q, 1)):
        with pytest.raises(ValueError, match=r"no q\(z\|x\) and no ELBO"):
            act(posterior_of(vae, batch))
