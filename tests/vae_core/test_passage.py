"""One image through the model: every number of the Anatomy page's machine, recomputed another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.tiny import digit_images, tiny_vae
from vae_core.objectives import observed_image
from vae_core.passage import pass_through
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

NOISE = torch.tensor([[0.7, -1.3]])


def made(likelihood: str = "bernoulli", **more) -> VAE:
    return tiny_vae(
        ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=2, likelihood=likelihood, hidden=(16,), **more)
    )


def passed(vae: VAE, label: int | None = None):
    batch = observed_image(vae, digit_images((1, 8, 8), 1)[0][0], label)
    with torch.no_grad():
        return batch, pass_through(vae, batch.images, NOISE, batch.labels)


def numbers(tensor: torch.Tensor) -> np.ndarray:
    return tensor[0].double().numpy()


def test_the_latents_are_the_mean_plus_spread_times_noise() -> None:
    vae = made()
    batch, found = passed(vae)
    mean, std = numbers(found.posterior.mean), numbers(found.posterior.stddev)
    np.testing.assert_allclose(numbers(found.latents), mean + std * numbers(NOISE), rtol=1e-6)
    again = vae.encode(batch.images)
    np.testing.assert_allclose(mean, numbers(again.mean))


def test_the_kl_is_the_integral_of_log_q_over_p_on_a_grid() -> None:
    _, found = passed(made())
    mean, std = numbers(found.posterior.mean), numbers(found.posterior.stddev)
    for at in range(2):
        grid = np.linspace(mean[at] - 9 * std[at], mean[at] + 9 * std[at], 40_001)
        log_q = -0.5 * ((grid - mean[at]) / std[at]) ** 2 - math.log(std[at] * math.sqrt(2 * math.pi))
        log_p = -0.5 * grid**2 - 0.5 * math.log(2 * math.pi)
        kl = np.trapezoid(np.exp(log_q) * (log_q - log_p), grid)
        assert found.kl_per_dimension[0, at].item() == pytest.approx(kl, rel=1e-4)
    assert found.kl.item() == pytest.approx(found.kl_per_dimension.sum().item(), rel=1e-6)


def test_a_bernoulli_log_likelihood_is_the_sum_over_pixels() -> None:
    vae = made()
    batch, found = passed(vae)
    x, logit = batch.images[0, 0].double().numpy(), vae.decoder_output(found.latents)[0, 0].double().numpy()
    by_pixel = -x * np.logaddexp(0, -logit) - (1 - x) * np.logaddexp(0, logit)
    np.testing.assert_allclose(found.picture[0, 0].numpy(), 1 / (1 + np.exp(-logit)), atol=1e-6)
    assert set(np.unique(x)) == {0.0, 1.0}
    np.testing.assert_allclose(found.by_pixel[0].numpy(), by_pixel, atol=2e-4)
    assert found.log_likelihood.item() == pytest.approx(by_pixel.sum(), rel=1e-4)


def test_a_gaussian_log_likelihood_is_the_density_of_the_grey_values() -> None:
    vae = made("gaussian-fixed", sigma=0.2)
    batch, found = passed(vae)
    x, y = batch.images[0, 0].double().numpy(), found.picture[0, 0].double().numpy()
    by_pixel = -0.5 * ((x - y) / 0.2) ** 2 - math.log(0.2 * math.sqrt(2 * math.pi))
    np.testing.assert_allclose(found.by_pixel[0].numpy(), by_pixel, atol=1e-3)


def test_the_densities_of_the_draw_and_the_elbo() -> None:
    _, found = passed(made())
    mean, std, z = numbers(found.posterior.mean), numbers(found.posterior.stddev), numbers(found.latents)
    constant = 0.5 * math.log(2 * math.pi)
    assert found.log_prior.item() == pytest.approx((-0.5 * z**2 - constant).sum(), rel=1e-5)
    log_q = (-0.5 * ((z - mean) / std) ** 2 - np.log(std) - constant).sum()
    assert found.log_posterior.item() == pytest.approx(log_q, rel=1e-5)
    assert found.elbo.item() == pytest.approx(found.log_likelihood.item() - found.kl.item(), rel=1e-6)


def test_the_kl_of_one_draw_averages_to_the_kl() -> None:
    vae = made()
    batch = observed_image(vae, digit_images((1, 8, 8), 1)[0][0])
    noise = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = pass_through(vae, batch.images.expand(len(noise), -1, -1, -1), noise)
    draws = (found.log_posterior - found.log_prior).double()
    error = draws.std().item() / math.sqrt(len(draws))
    assert draws.mean().item() == pytest.approx(found.kl[0].item(), abs=5 * error)


def test_without_noise_the_latent_is_the_mean_and_a_plain_autoencoder_has_nothing_else() -> None:
    vae = made("cross-entropy", posterior="point")
    _, found = passed(vae)
    torch.testing.assert_close(found.latents, found.posterior.mean)
    assert found.kl.item() == 0 and not found.kl_per_dimension.any()


def test_a_learned_prior_has_its_kl_from_the_draw() -> None:
    vae = made(prior="mixture", prior_components=3)
    _, found = passed(vae)
    assert found.kl.item() == pytest.approx((found.log_posterior - found.log_prior).item(), rel=1e-6)


def test_a_conditional_model_passes_under_its_class() -> None:
    vae = made(classes=10)
    _, one = passed(vae, 1)
    _, seven = passed(vae, 7)
    assert (one.picture - seven.picture).abs().max() > 1e-3
