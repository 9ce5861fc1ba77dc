"""The importance-weighted estimate: exact where the answer is known, and never above the truth by much."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.tiny import digit_images, tiny_vae
from vae_core.metrics import importance_weighted_nll
from vae_core.metrics import likelihood as likelihood_module
from vae_core.objectives import elbo
from vae_core.settings import ModelSettings
from vae_core.vae import VAE


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def one_dimensional(likelihood: str) -> tuple[VAE, Tensor]:
    """A model with D = 1, so that p(x) is an integral over a line; damped, so that the line suffices."""
    settings = ModelSettings(network="mlp", image_shape=(1, 8, 8), latent_dim=1, likelihood=likelihood, hidden=(16,))
    vae = tiny_vae(settings)
    vae.decoder[-2].weight.mul_(0.2)
    vae.encoder[-1].weight.mul_(0.2)
    grey = torch.from_numpy(digit_images(count=6)[0]).float() / 255
    return vae, vae.likelihood.observe(grey, generator(1))


@torch.inference_mode()
def integrated_log_evidence(vae: VAE, images: Tensor) -> Tensor:
    """log p(x) by the trapezoid rule over z in [−9, 9]."""
    z = torch.linspace(-9, 9, 6001)
    pixels = vae.decode(z[:, None])
    log_likelihood = torch.stack([pixels.log_prob(image).sum(dim=(1, 2, 3)) for image in images]).double()
    log_joint = log_likelihood + vae.prior().log_prob(z[:, None])[:, 0]
    return log_joint.logsumexp(dim=1) + math.log(18 / 6000)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_many_samples_find_the_integral(likelihood: str) -> None:
    vae, images = one_dimensional(likelihood)
    estimate = importance_weighted_nll(vae, images, samples=100_000, generator=generator())
    np.testing.assert_allclose(estimate, -integrated_log_evidence(vae, images).numpy(), atol=0.1)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_order_of_the_bounds(likelihood: str) -> None:
    """On average: ELBO <= 1 < 5 < 50 samples <= log p(x)."""
    vae, images = one_dimensional(likelihood)
    many = images.repeat(400, 1, 1, 1)
    bounds = [elbo(vae, many, generator()).elbo.mean().item()]
    for samples in (5, 50):
        bounds.append(-importance_weighted_nll(vae, many, samples, generator()).mean())
    bounds.append(integrated_log_evidence(vae, images).mean().item())
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1] - 0.01


def test_one_sample_is_the_elbo_on_average() -> None:
    vae, images = one_dimensional("bernoulli")
    many = images.repeat(3000, 1, 1, 1)
    single = -importance_weighted_nll(vae, many, 1, generator(1))
    terms = elbo(vae, many, generator(2)).elbo.numpy()
    error = math.sqrt((single.var() + terms.var()) / len(many))
    assert abs(single.mean(dtype=np.float64) - terms.mean(dtype=np.float64)) < 5 * error


def test_exact_when_the_latent_says_nothing() -> None:
    """The posterior is the prior and the picture is mid grey: p(x) = 2⁻⁶⁴ whatever is drawn."""
    vae, images = one_dimensional("bernoulli")
    for parameter in vae.parameters():
        parameter.zero_()
    found = importance_weighted_nll(vae, images, samples=3, generator=generator())
    np.testing.assert_allclose(found, np.full(6, 64 * math.log(2)), rtol=1e-6)


def test_every_sample_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples drawn in many small parts make the same kind of estimate as in one part."""
    vae, images = one_dimensional("bernoulli")
    whole = importance_weighted_nll(vae, images, 20_001, generator())
    monkeypatch.setattr(likelihood_module, "LARGEST_DECODE", 7 * images.numel())
    parts = importance_weighted_nll(vae, images, 20_001, generator(), batch=4)
    np.testing.assert_allclose(whole, parts, atol=0.2)


def test_repeatable_by_seed() -> None:
    vae, images = one_dimensional("gaussian")
    first, again, other = (importance_weighted_nll(vae, images, 5, generator(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_grey_pixels_and_zero_samples_are_refused() -> None:
    vae, images = one_dimensional("bernoulli")
    with pytest.raises(ValueError, match="judges only 0 and 1"):
        importance_weighted_nll(vae, images * 0.5, 5, generator())
    with pytest.raises(ValueError, match=r"samples is 0; the estimate needs at least 1\. Choose"):
        importance_weighted_nll(vae, images, 0, generator())


def test_no_images_no_scores() -> None:
    vae, images = one_dimensional("gaussian")
    assert importance_weighted_nll(vae, images[:0], 5, generator()).shape == (0,)
