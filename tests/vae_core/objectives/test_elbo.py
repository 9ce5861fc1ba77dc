"""The ELBO: its terms, its gradients, and the answers known in advance."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Normal, kl_divergence

from tests.tiny import digit_images, tiny_vae
from vae_core.likelihoods import binarise
from vae_core.objectives import Batch, Moment, build_objective, draw_latents, elbo
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


def model(likelihood: str = "gaussian", latent_dim: int = 3, network: str = "mlp") -> ModelSettings:
    return ModelSettings(
        network=network, image_shape=(1, 8, 8), latent_dim=latent_dim, likelihood=likelihood, hidden=(16,)
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def observed(vae: VAE, count: int = 5) -> torch.Tensor:
    grey = torch.from_numpy(digit_images(count=count)[0]).float() / 255
    return vae.likelihood.observe(grey, generator(9))


def flat_vae(likelihood: str) -> VAE:
    """All weights zero: the posterior is the prior, and every picture is mid grey whatever the latent."""
    vae = tiny_vae(model(likelihood))
    for parameter in [*vae.encoder.parameters(), *vae.decoder.parameters()]:
        parameter.zero_()
    return vae


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("samples", [1, 7])
def test_terms_add_up(likelihood: str, samples: int) -> None:
    vae = tiny_vae(model(likelihood))
    terms = elbo(vae, observed(vae), generator(), samples)
    assert terms.elbo.shape == terms.reconstruction.shape == terms.kl.shape == (5,)
    assert terms.kl_per_dimension.shape == (5, 3)
    torch.testing.assert_close(terms.elbo, -terms.reconstruction - terms.kl)
    torch.testing.assert_close(terms.kl, terms.kl_per_dimension.sum(dim=1))
    torch.testing.assert_close(terms.loss, -terms.elbo.mean())


def test_kl_is_that_of_torch_distributions() -> None:
    vae = tiny_vae(model())
    images = observed(vae)
    posterior = vae.encode(images)
    wanted = kl_divergence(posterior, Normal(torch.zeros(5, 3), torch.ones(5, 3)))
    torch.testing.assert_close(elbo(vae, images, generator()).kl_per_dimension, wanted)


def test_kl_agrees_with_a_monte_carlo_estimate() -> None:
    vae = tiny_vae(model())
    images = observed(vae, count=2)
    posterior = vae.encode(images)
    draws = draw_latents(posterior, generator(), 200_000)
    ratio = posterior.log_prob(draws) - vae.prior().log_prob(draws)
    error = ratio.std(dim=0) / math.sqrt(len(ratio))
    exact = elbo(vae, images, generator()).kl_per_dimension
    assert ((ratio.mean(dim=0) - exact).abs() < 5 * error + 1e-3).all()


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_kl_is_never_negative(seed: int) -> None:
    vae = tiny_vae(model(), seed)
    images = torch.rand(4, 1, 8, 8, generator=generator(seed))
    assert (elbo(vae, images, generator()).kl_per_dimension >= -1e-6).all()


def test_kl_is_zero_when_the_posterior_is_the_prior() -> None:
    vae = flat_vae("gaussian")
    assert torch.equal(elbo(vae, observed(vae), generator()).kl, torch.zeros(5))


def test_bernoulli_reconstruction_of_a_mid_grey_picture_is_log_two_per_pixel() -> None:
    vae = flat_vae("bernoulli")
    reconstruction = elbo(vae, observed(vae), generator()).reconstruction
    torch.testing.assert_close(reconstruction, torch.full((5,), 64 * math.log(2)))


def test_gaussian_reconstruction_of_a_mid_grey_picture() -> None:
    vae = flat_vae("gaussian")
    images = observed(vae)
    sigma = vae.likelihood.log_sigma.exp().item()
    constant = 64 * (math.log(sigma) + 0.5 * math.log(2 * math.pi))
    wanted = ((images - 0.5) ** 2).sum(dim=(1, 2, 3)) / (2 * sigma**2) + constant
    torch.testing.assert_close(elbo(vae, images, generator()).reconstruction, wanted)


def test_cost_is_summed_over_pixels_not_averaged() -> None:
    small, large = (
        flat_vae("bernoulli"),
        tiny_vae(model("bernoulli").model_copy(update={"image_shape": (1, 16, 16)})),
    )
    for parameter in large.parameters():
        parameter.zero_()
    cost = [
        elbo(vae, torch.ones(1, 1, side, side), generator()).reconstruction for vae, side in ((small, 8), (large, 16))
    ]
    torch.testing.assert_close(cost[1], 4 * cost[0])


def test_an_image_counts_the_same_in_any_batch() -> None:
    vae = flat_vae("bernoulli")
    images = observed(vae)
    whole = elbo(vae, images, generator()).elbo
    single = torch.cat([elbo(vae, image[None], generator()).elbo for image in images])
    torch.testing.assert_close(whole, single)


def test_samples_are_averaged() -> None:
    vae = tiny_vae(model())
    images = observed(vae)
    draws = draw_latents(vae.encode(images), generator(4), 6)
    costs = [-vae.decode(z).log_prob(images).sum(dim=(1, 2, 3)) for z in draws]
    torch.testing.assert_close(
        elbo(vae, images, generator(4), samples=6).reconstruction, torch.stack(costs).mean(dim=0)
    )


def test_the_elbo_is_repeatable_by_seed_and_moves_the_generator_on() -> None:
    vae = tiny_vae(model())
    images = observed(vae)
    one = generator(2)
    first, second = elbo(vae, images, one).elbo, elbo(vae, images, one).elbo
    assert not torch.equal(first, second)
    assert torch.equal(elbo(vae, images, generator(2)).elbo, first)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("network", ["mlp", "conv"])
def test_gradients_reach_every_parameter(likelihood: str, network: str) -> None:
    vae = tiny_vae(model(likelihood, network=network)).requires_grad_(True)
    elbo(vae, observed(vae), generator()).loss.backward()
    for name, parameter in vae.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_the_gradient_is_that_of_finite_differences() -> None:
    vae = tiny_vae(model("bernoulli")).double().requires_grad_(True)
    images = observed(vae).double()
    bias = vae.encoder[-1].bias

    def loss() -> torch.Tensor:
        return elbo(vae, images, generator(1)).loss

    loss().backward()
    step = 1e-5
    for index in range(len(bias)):
        with torch.no_grad():
            bias[index] += step
            above = loss()
            bias[index] -= 2 * step
            below = loss()
            bias[index] += step
        assert bias.grad[index].item() == pytest.approx(((above - below) / (2 * step)).item(), rel=1e-4, abs=1e-6)


def test_bernoulli_refuses_grey_pixels() -> None:
    vae = tiny_vae(model("bernoulli"))
    grey = torch.rand(2, 1, 8, 8, generator=generator())
    with pytest.raises(ValueError, match="judges only 0 and 1"):
        elbo(vae, grey, generator())
    assert elbo(vae, binarise(grey, generator()), generator()).elbo.isfinite().all()


def test_zero_samples_are_refused() -> None:
    vae = tiny_vae(model())
    with pytest.raises(ValueError, match=r"samples is 0; the ELBO needs at least 1 draw of z\. Choose"):
        elbo(vae, observed(vae), generator(), samples=0)


def test_the_objective_called_elbo_minimises_the_negative_elbo() -> None:
    vae = tiny_vae(model())
    training = TrainingSettings(objective="elbo", epochs=1, batch_size=5, learning_rate=1e-3, patience=1)
    images = observed(vae)
    terms = build_objective(model(), training)(vae, Batch(images), generator(3), Moment())
    torch.testing.assert_close(terms.loss, elbo(vae, images, generator(3)).loss)


def test_training_raises_the_elbo() -> None:
    vae = tiny_vae(model()).requires_grad_(True)
    images = observed(vae, count=100)
    optimizer = torch.optim.Adam(vae.parameters(), lr=3e-3)
    noise = generator()
    before = elbo(vae, images, generator(1), samples=10).elbo.mean().item()
    for _ in range(60):
        optimizer.zero_grad()
        elbo(vae, images, noise).loss.backward()
        optimizer.step()
    assert elbo(vae, images, generator(1), samples=10).elbo.mean().item() > before + 10
