"""IWAE and DReG on a linear-Gaussian model, whose log p(x) is known, with a q that is wrong on purpose."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import final

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import LowRankMultivariateNormal, Normal

from tests.vae_core.objectives.small import digits, generator, learning_vae, model_settings, training_settings
from vae_core.likelihoods import GaussianLikelihood
from vae_core.objectives import Batch, Moment, Pass, build_objective, run_model
from vae_core.objectives.iwae import dreg_bound, iwae_bound, log_weights
from vae_core.vae import VAE

D, PIXELS, SIGMA = 2, 64, 0.7
Bound = Callable[[VAE, Pass, float], Tensor]


@final
class Linear(GaussianLikelihood):
    """Normal around the decoder's output itself, with a fixed spread."""

    def distribution(self, output: Tensor) -> Normal:
        return Normal(output, SIGMA, validate_args=False)

    def check(self, images: Tensor) -> None:
        """Any number may be judged here: the model is no model of pictures."""


@final
class WrongEncoder(nn.Module):
    """Mean and raw log-variance of a q that is off the true posterior by a shift and a factor."""

    def __init__(self, weights: Tensor, offset: Tensor) -> None:
        super().__init__()
        precision = torch.eye(D) + weights.T @ weights / SIGMA**2
        self.gain = nn.Parameter(torch.linalg.solve(precision, weights.T) / SIGMA**2)
        self.offset = offset
        self.shift = nn.Parameter(torch.full((D,), 0.15))
        std = precision.inverse().diagonal().sqrt()
        self.raw = nn.Parameter(2 * (1.3 * std).log())

    def forward(self, images: Tensor) -> Tensor:
        mean = (images.flatten(1) - self.offset) @ self.gain.T + self.shift
        return torch.cat([mean, self.raw.expand_as(mean)], dim=1)


def linear_gaussian() -> tuple[VAE, Tensor, LowRankMultivariateNormal]:
    """x = W z + b + noise: the model, 3 images drawn from it, and p(x)."""
    vae = VAE(model_settings(latent_dim=D))
    noise = generator(8)
    weights, offset = 0.25 * torch.randn(PIXELS, D, generator=noise), torch.rand(PIXELS, generator=noise)
    decoder = nn.Linear(D, PIXELS)
    with torch.no_grad():
        decoder.weight.copy_(weights)
        decoder.bias.copy_(offset)
    vae.decoder, vae.likelihood = nn.Sequential(decoder, nn.Unflatten(1, (1, 8, 8))), Linear()
    vae.encoder = WrongEncoder(weights, offset)
    latents = torch.randn(3, D, generator=noise)
    images = latents @ weights.T + offset + SIGMA * torch.randn(3, PIXELS, generator=noise)
    evidence = LowRankMultivariateNormal(offset, weights, torch.full((PIXELS,), SIGMA**2))
    return vae, images.view(3, 1, 8, 8), evidence


def bound(vae: VAE, images: Tensor, samples: int, seed: int = 0) -> Tensor:
    with torch.no_grad():
        return iwae_bound(vae, run_model(vae, Batch(images), generator(seed), samples))


def test_the_bound_rises_with_k_and_stays_below_the_evidence() -> None:
    vae, images, evidence = linear_gaussian()
    many = images[:1].expand(3000, -1, -1, -1)
    draws = [bound(vae, many, samples, samples) for samples in (1, 2, 8, 32)]
    means = [draw.mean().item() for draw in draws]
    errors = [draw.std().item() / math.sqrt(len(many)) for draw in draws]
    for low, high in ((0, 1), (1, 2), (2, 3)):
        assert means[high] - means[low] > 4 * math.hypot(errors[low], errors[high])
    assert means[3] < evidence.log_prob(images[0].flatten()).item()


def test_a_wrong_q_comes_within_its_error_of_the_evidence_at_large_k() -> None:
    vae, images, evidence = linear_gaussian()
    with torch.no_grad():
        done = run_model(vae, Batch(images), generator(), 40_000)
        weights = log_weights(vae, done, done.posterior)
    found = iwae_bound(vae, done).detach()
    shares = weights.softmax(dim=0)
    error = (shares.square().sum(dim=0) - 1 / len(shares)).sqrt()  # of the log of a mean, by the delta method
    exact = evidence.log_prob(images.flatten(1))
    assert (error < 0.02).all()
    assert ((found - exact).abs() < 4 * error).all()
    one = bound(vae, images.repeat(2000, 1, 1, 1), 1).view(2000, 3).mean(dim=0)
    assert (exact - one > 0.2).all()  # q is wrong indeed


def test_with_one_draw_it_is_the_elbo_with_a_sampled_kl() -> None:
    vae, images = learning_vae(), digits()[0]
    one = build_objective(model_settings(), training_settings("iwae"))
    sampled = build_objective(model_settings(), training_settings(sampled_kl=True))
    torch.testing.assert_close(
        one(vae, Batch(images), generator(3), Moment()).loss, sampled(vae, Batch(images), generator(3), Moment()).loss
    )


@pytest.mark.parametrize("name", ["iwae", "iwae-dreg"])
def test_the_loss_is_the_bound_itself(name: str) -> None:
    vae, images = learning_vae(), digits()[0]
    objective = build_objective(model_settings(), training_settings(name, samples=6))
    done = run_model(vae, Batch(images), generator(3), 6)
    ratio = vae.prior().log_prob(done.latents) - done.posterior.log_prob(done.latents)
    weights = (done.log_likelihood + ratio.sum(dim=2)).double()
    largest = weights.max(dim=0).values
    wanted = largest + (weights - largest).exp().mean(dim=0).log()
    loss = objective(vae, Batch(images), generator(3), Moment()).loss
    torch.testing.assert_close(loss, -wanted.mean().float())
    with torch.inference_mode():
        torch.testing.assert_close(objective(vae, Batch(images), generator(3), Moment()).loss, loss.detach())


def gradients(vae: VAE, images: Tensor, of: Bound, seed: int, beta: float = 1.0) -> dict[str, Tensor]:
    vae.zero_grad(set_to_none=True)
    (-of(vae, run_model(vae, Batch(images), generator(seed), 5), beta).mean()).backward()
    return {name: parameter.grad.clone() for name, parameter in vae.named_parameters() if parameter.grad is not None}


@pytest.mark.parametrize("beta", [1.0, 0.5])
def test_dreg_changes_the_gradient_of_the_encoder_alone(beta: float) -> None:
    vae, images, _ = linear_gaussian()
    plain, again = (gradients(vae, images, of, 7, beta) for of in (iwae_bound, dreg_bound))
    assert plain.keys() == again.keys()
    for name, gradient in plain.items():
        if name.startswith("decoder"):
            torch.testing.assert_close(again[name], gradient)
        elif name.startswith("encoder"):
            assert not torch.allclose(again[name], gradient, rtol=1e-3)


@pytest.mark.parametrize("beta", [1.0, 0.5])
def test_dreg_has_the_mean_of_the_plain_gradient_and_less_noise(beta: float) -> None:
    vae, images, _ = linear_gaussian()
    many = images[:1].expand(20, -1, -1, -1)  # 20 draws in one batch
    found = {
        of: torch.stack(
            [
                torch.cat([grads["encoder.shift"], grads["encoder.raw"]])
                for grads in (gradients(vae, many, of, seed, beta) for seed in range(400))
            ]
        )
        for of in (iwae_bound, dreg_bound)
    }
    plain, again = found[iwae_bound], found[dreg_bound]
    error = ((plain.var(dim=0) + again.var(dim=0)) / len(plain)).sqrt()
    assert ((plain.mean(dim=0) - again.mean(dim=0)).abs() < 4 * error).all()
    assert (plain.mean(dim=0).abs() > 8 * error).any()  # a gradient that the error could not hide
    assert (again.var(dim=0) < 0.7 * plain.var(dim=0)).all()
