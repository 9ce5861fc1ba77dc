"""log p(x), the true posterior and the gap on the split grid, against an even grid by the tests' own code."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from tests.vae_core.metrics.plane import even_grid, log_sum, normal_log, plane_model, posterior_of, silent_model
from vae_core.metrics import (
    evidence_estimate,
    grid_kl,
    grid_posterior,
    grid_steps,
    kl_around,
    log_joint_window,
    weighed_from_posterior,
)
from vae_core.objectives import Batch, gaussian_elbo, observed_image
from vae_core.settings import ModelSettings

MODELS = [
    {"likelihood": "bernoulli"},
    {"likelihood": "gaussian"},
    {"likelihood": "bernoulli", "prior": "mixture", "prior_components": 3},
    {"likelihood": "gaussian", "classes": 10},
]


@pytest.mark.parametrize("fields", MODELS, ids=lambda fields: "-".join(map(str, fields.values())))
def test_evidence_posterior_and_gap_are_those_of_an_even_grid(fields: dict[str, object]) -> None:
    vae, batch = plane_model(**fields)
    q = posterior_of(vae, batch)
    grid = grid_posterior(vae, batch, q)
    places, log_joint, area = even_grid(vae, batch)
    evidence = log_sum(log_joint) + math.log(area)
    true = np.exp(log_joint - evidence) * area
    assert grid.log_evidence == pytest.approx(evidence, abs=2e-3)
    assert grid.error < 2e-3
    mean = true @ places
    np.testing.assert_allclose(grid.mean, mean, atol=2e-3)
    covariance = (true[:, None] * (places - mean)).T @ (places - mean)
    np.testing.assert_allclose(grid.std, np.sqrt(np.diag(covariance)), rtol=0.01)
    assert grid.correlation == pytest.approx(covariance[0, 1] / np.sqrt(np.prod(np.diag(covariance))), abs=0.01)
    log_q = normal_log(places, q.mean[0], q.stddev[0])
    brute = (np.exp(log_q) * area) @ (log_q - (log_joint - evidence))
    assert grid_kl(grid, q) == pytest.approx(brute, abs=0.01)


def test_the_gap_is_what_the_elbo_lacks() -> None:
    """log p(x) − ELBO = KL(q ‖ p(z|x)): one side by a Gauss-Hermite rule and a closed form, the other by cells."""
    vae, batch = plane_model("gaussian")
    q = posterior_of(vae, batch)
    grid = grid_posterior(vae, batch, q)
    gap = grid.log_evidence - gaussian_elbo(vae, batch, q).elbo
    assert gap > 0.01 and grid_kl(grid, q) == pytest.approx(gap, abs=5e-3)


@pytest.mark.parametrize("fields", MODELS[:3], ids=lambda fields: "-".join(map(str, fields.values())))
def test_the_gap_of_any_normal_is_that_of_an_even_grid(fields: dict[str, object]) -> None:
    vae, batch = plane_model(**fields)
    places, log_joint, area = even_grid(vae, batch)
    evidence = log_sum(log_joint) + math.log(area)
    for mean, std in (([0.4, -0.7], [0.3, 0.2]), ([1.2, 0.5], [0.6, 0.9])):
        q = torch.distributions.Normal(torch.tensor([mean]), torch.tensor([std]))
        log_q = normal_log(places, q.mean[0], q.stddev[0])
        brute = (np.exp(log_q) * area) @ (log_q - (log_joint - evidence))
        found = kl_around(vae, batch, q, evidence)
        assert found == pytest.approx(brute, abs=0.02, rel=2e-3)
        assert found == pytest.approx(evidence - gaussian_elbo(vae, batch, q).elbo, abs=0.02, rel=2e-3)


def test_a_narrow_posterior_is_found_where_the_first_grid_is_coarse() -> None:
    """Undamped weights and a small pixel noise: spreads far below the first cells' side, against weighed draws."""
    settings = ModelSettings(
        network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood="gaussian-fixed", sigma=0.05, hidden=(16,)
    )
    vae = tiny_vae(settings)
    pixels = (vae.decode_mean(torch.tensor([[0.731, -0.412]]))[0] * 255).round().to(torch.uint8).numpy()
    batch = observed_image(vae, pixels)
    start = torch.distributions.Normal(torch.tensor([[0.731, -0.412]]), torch.tensor([[0.05, 0.05]]))
    grid = grid_posterior(vae, batch, start)
    assert float(grid.std.max()) < 0.1 < 2 * grid.reach / 64
    q = torch.distributions.Normal(grid.mean[None].float(), 1.5 * grid.std[None].float())
    draws = weighed_from_posterior(vae, batch, q, 20_000, torch.Generator().manual_seed(0))
    found = evidence_estimate(draws.log_weights)
    assert found.effective_draws > 1000
    assert grid.log_evidence == pytest.approx(found.value, abs=5 * found.standard_error + 1e-3)


def test_exact_when_the_latent_says_nothing() -> None:
    vae, batch = silent_model()
    grid = grid_posterior(vae, batch, posterior_of(vae, batch))
    assert grid.log_evidence == pytest.approx(-64 * math.log(2), abs=1e-4)
    np.testing.assert_allclose(grid.mean, [0, 0], atol=1e-6)
    np.testing.assert_allclose(grid.std, [1, 1], atol=1e-4)
    assert grid_kl(grid, posterior_of(vae, batch)) == pytest.approx(0, abs=1e-5)


def test_the_cells_cover_the_plane_once() -> None:
    vae, batch = plane_model()
    told = list(grid_steps(vae, batch, posterior_of(vae, batch)))
    grid = grid_posterior(vae, batch, posterior_of(vae, batch))
    assert float(grid.sides.square().sum()) == pytest.approx(4 * grid.reach**2)
    low, high = grid.centres - grid.sides[:, None] / 2, grid.centres + grid.sides[:, None] / 2
    for place in torch.rand(200, 2, generator=torch.Generator().manual_seed(0)).double() * 4 - 2:
        assert int(((low <= place) & (place < high)).all(dim=1).sum()) == 1
    assert told == sorted(told) and told[0] == 0 and 0 < told[-1] < 1


def test_a_window_is_the_joint_at_the_centres_of_its_cells() -> None:
    vae, batch = plane_model("gaussian")
    window = log_joint_window(vae, batch, (-1.0, 0.0), (1.0, 3.0), 4)
    z = torch.tensor([[-0.25, 2.625]])
    wanted = vae.decode(z).log_prob(batch.images).sum() + torch.distributions.Normal(0, 1).log_prob(z).sum()
    assert float(window[3, 1]) == pytest.approx(float(wanted), rel=1e-5)
    first = grid_posterior(vae, batch, posterior_of(vae, batch))
    whole = log_joint_window(vae, batch, (-first.reach,) * 2, (first.reach,) * 2, 64)
    torch.testing.assert_close(whole, first.first_log_joint)


def test_what_has_no_plane_or_no_likelihood_is_refused() -> None:
    vae, batch = plane_model(latent_dim=3)
    with pytest.raises(ValueError, match=r"latent_dim is 3; a grid over all z needs 2\. Choose a 2-D model"):
        grid_posterior(vae, batch, posterior_of(vae, batch))
    with pytest.raises(ValueError, match=r"latent_dim is 3; a grid over all z needs 2"):
        log_joint_window(vae, batch, (0, 0), (1, 1), 4)
    for fields, words in (
        ({"likelihood": "cross-entropy"}, "cost is no likelihood"),
        ({"posterior": "point"}, "no ELBO"),
    ):
        vae, batch = plane_model(**({"likelihood": "gaussian"} | fields))
        with pytest.raises(ValueError, match=words):
            grid_posterior(vae, batch, posterior_of(vae, batch))
    vae, batch = plane_model()
    two = Batch(batch.images.repeat(2, 1, 1, 1))
    with pytest.raises(ValueError, match="The batch has 2 images; these figures are of 1 image"):
        grid_posterior(vae, two, posterior_of(vae, two))


def test_digits_have_another_evidence_each() -> None:
    vae, _ = plane_model("gaussian")
    found = [
        grid_posterior(vae, batch, posterior_of(vae, batch)).log_evidence
        for batch in (observed_image(vae, image) for image in digit_images(count=3)[0])
    ]
    assert len({round(value, 3) for value in found}) == 3
