"""Three estimates of one gradient: their mean by finite differences of the ELBO, their spread in closed form."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from tests.vae_core.metrics.plane import plane_model, posterior_of, silent_model
from vae_core.objectives import gaussian_elbo, gradient_draws, noise_path, quadrature_gradient

NAMES = ("reparameterised", "score", "score_baseline")


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def by_differences(vae, batch, q: Normal, step: float = 0.02) -> np.ndarray:
    """∂ELBO/∂μ and ∂ELBO/∂σ, (2, 2), by central differences of the ELBO's value."""
    found = np.zeros((2, 2))
    for row in range(2):
        for axis in range(2):
            ends = []
            for sign in (1, -1):
                moved = [q.mean.clone(), q.stddev.clone()]
                moved[row][0, axis] += sign * step
                ends.append(gaussian_elbo(vae, batch, Normal(*moved)).elbo)
            found[row, axis] = (ends[0] - ends[1]) / (2 * step)
    return found


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_all_have_the_gradient_as_their_mean(likelihood: str) -> None:
    vae, batch = plane_model(likelihood)
    q = Normal(torch.tensor([[0.4, -0.7]]), torch.tensor([[0.5, 0.4]]))
    wanted = by_differences(vae, batch, q)
    np.testing.assert_allclose(quadrature_gradient(vae, batch, q), wanted, rtol=0.02, atol=0.1)
    draws = gradient_draws(vae, batch, q, 40_000, generator())
    for name in NAMES:
        found = getattr(draws, name)
        error = found.std(dim=0).numpy() / 200
        assert (np.abs(found.mean(dim=0).numpy() - wanted) < 5 * error + 0.1).all(), name


def test_their_spread_where_it_is_known() -> None:
    """A silent decoder: log p(x, z) = c − z²/2. Through the draw: −μ − σε by μ. The score: (c − z²/2) ε / σ."""
    vae, batch = silent_model()
    mean, std = torch.tensor([[0.5, -1.0]]), torch.tensor([[0.5, 0.8]])
    draws = gradient_draws(vae, batch, Normal(mean, std), 400_000, generator(1))
    np.testing.assert_allclose(draws.reparameterised[:, 0].std(dim=0), std[0], rtol=0.02)
    m, s = mean[0].numpy(), std[0].numpy()
    np.testing.assert_allclose(draws.reparameterised[:, 1].std(dim=0), np.sqrt(m**2 + 2 * s**2), rtol=0.02)
    # by brute force over the standard normal, with both dimensions in log p(x, z)
    line = np.linspace(-8, 8, 801)
    e = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1)
    share = np.exp(-0.5 * (e**2).sum(axis=-1))
    share /= share.sum()
    value = -64 * np.log(2) - np.log(2 * np.pi) - 0.5 * ((m + s * e) ** 2).sum(axis=-1)
    for name, base in (("score", 0.0), ("score_baseline", (share * value).sum())):
        for row, score in ((0, e / s), (1, (e**2 - 1) / s)):
            term = (value - base)[..., None] * score
            first = (share[..., None] * term).sum(axis=(0, 1))
            spread = np.sqrt((share[..., None] * (term - first) ** 2).sum(axis=(0, 1)))
            np.testing.assert_allclose(getattr(draws, name)[:, row].std(dim=0), spread, rtol=0.03)


def test_the_score_spreads_more_and_the_baseline_helps() -> None:
    vae, batch = plane_model("gaussian")
    draws = gradient_draws(vae, batch, posterior_of(vae, batch), 4000, generator())
    spreads = [getattr(draws, name).std(dim=0) for name in NAMES]
    assert (spreads[0] < spreads[2]).all() and (spreads[2] < spreads[1]).all()


def test_one_path_is_one_draw() -> None:
    vae, batch = plane_model()
    q = posterior_of(vae, batch)
    draws = gradient_draws(vae, batch, q, 3, generator(2))
    noise = torch.randn(3, 2, generator=generator(2))
    for index in range(3):
        path = noise_path(vae, batch, q, noise[index])
        torch.testing.assert_close(path.gradient, draws.reparameterised[index], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(path.latents, q.mean[0] + q.stddev[0] * noise[index])
        torch.testing.assert_close(path.gradient[0], path.slope)


def test_what_cannot_be_estimated_is_refused() -> None:
    vae, batch = plane_model("gaussian")
    with pytest.raises(ValueError, match=r"count is 1; the baseline needs the other draws, so at least 2"):
        gradient_draws(vae, batch, posterior_of(vae, batch), 1, generator())
    vae, batch = plane_model("gaussian", posterior="point")
    for act in (
        lambda q: gradient_draws(vae, batch, q, 4, generator()),
        lambda q: noise_path(vae, batch, q, torch.zeros(2)),
        lambda q: quadrature_gradient(vae, batch, q),
    ):
        with pytest.raises(ValueError, match="A plain autoencoder draws nothing"):
            act(posterior_of(vae, batch))
