"""Continuous Bernoulli, optimal σ, discretised logistic, categorical, cross-entropy: the answers known in advance."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import ContinuousBernoulli, Normal

from vae_core.likelihoods import LIKELIHOODS, CategoricalLikelihood, OptimalGaussianLikelihood
from vae_core.likelihoods.continuous_bernoulli import mean_of
from vae_core.settings import ModelSettings
from vae_core.vae import VAE, check_parts


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def model(likelihood: str, **changes: object) -> ModelSettings:
    values = {"network": "mlp", "image_shape": (1, 8, 8), "latent_dim": 2, "hidden": (8,)}
    return ModelSettings(likelihood=likelihood, **{**values, **changes})


@pytest.mark.parametrize("logit", [-10.0, -2.0, -0.21, -0.19, -1e-3, 0.0, 1e-6, 0.19, 0.21, 1.0, 10.0])
def test_continuous_bernoulli_is_that_of_torch(logit: float) -> None:
    """In double precision, whose reference cuts logits off only beyond ±36."""
    likelihood, output = LIKELIHOODS["continuous-bernoulli"](), torch.tensor(logit, dtype=torch.float64)
    wanted, found = ContinuousBernoulli(logits=output), likelihood.distribution(output)
    for value in (0.0, 0.3, 1.0):
        grey = torch.tensor(value, dtype=torch.float64)
        assert found.log_prob(grey).item() == pytest.approx(wanted.log_prob(grey).item(), abs=1e-6)
    assert likelihood.mean(output).item() == pytest.approx(wanted.mean.item(), abs=1e-6)


def test_the_mean_of_a_continuous_bernoulli_is_not_the_sigmoid() -> None:
    assert mean_of(torch.tensor(3.0)).item() == pytest.approx(1 / (1 - math.exp(-3)) - 1 / 3, abs=1e-6)
    assert abs(mean_of(torch.tensor(3.0)) - torch.tensor(3.0).sigmoid()) > 0.2
    vae = VAE(model("continuous-bernoulli")).eval()
    latents = torch.randn(2, 2, generator=generator())
    torch.testing.assert_close(vae.decode_mean(latents), vae.decode(latents).mean)


def test_the_mean_rises_smoothly_through_the_middle() -> None:
    logits = torch.linspace(-1, 1, 2001)
    steps = mean_of(logits).diff()
    assert (steps > 0).all()
    torch.testing.assert_close(steps, torch.full_like(steps, 1e-3 / 12), rtol=0.1, atol=0)


def test_samples_of_a_continuous_bernoulli_have_its_mean() -> None:
    torch.manual_seed(0)
    pixels = LIKELIHOODS["continuous-bernoulli"]().distribution(torch.tensor([-20.0, -1.0, 0.0, 0.5, 20.0]))
    drawn = pixels.sample((40_000,))
    torch.testing.assert_close(drawn.mean(dim=0), pixels.mean, atol=5 * 0.29 / 200, rtol=0)


def test_fixed_sigma_is_that_of_the_settings() -> None:
    likelihood = LIKELIHOODS["gaussian-fixed"](model("gaussian-fixed", sigma=0.25))
    output, images = torch.zeros(2, 1, 3, 3), torch.rand(2, 1, 3, 3, generator=generator())
    wanted = Normal(0.5, 0.25).log_prob(images).sum(dim=(1, 2, 3))
    torch.testing.assert_close(likelihood.log_prob(output, images), wanted)
    assert likelihood.log_sigma.item() == pytest.approx(math.log(0.25))
    assert not list(likelihood.parameters())


def test_optimal_sigma_is_the_best_of_all() -> None:
    """In training the batch's log p under σ² = MSE is as high as under any σ."""
    likelihood = OptimalGaussianLikelihood()
    output, images = torch.zeros(8, 1, 4, 4), torch.rand(8, 1, 4, 4, generator=generator())
    best = likelihood.log_prob(output, images).sum().item()
    others = [Normal(0.5, sigma).log_prob(images).sum().item() for sigma in torch.linspace(0.1, 1, 91)]
    assert best >= max(others) - 0.02  # the soft bound at −6 moves σ by less than a percent
    count = images.numel()
    error = (images - 0.5).square().mean().item()
    assert best == pytest.approx(-count / 2 * (math.log(2 * math.pi * error) + 1), abs=0.02)


def test_the_gradient_of_optimal_sigma_is_that_of_half_the_log_of_the_error() -> None:
    likelihood = OptimalGaussianLikelihood()
    images = torch.rand(8, 1, 4, 4, generator=generator())
    output = torch.randn(8, 1, 4, 4, generator=generator(1)).requires_grad_()
    (found,) = torch.autograd.grad(-likelihood.log_prob(output, images).sum(), output)
    error = (images - output.sigmoid()).square().mean()
    (wanted,) = torch.autograd.grad(images.numel() / 2 * error.log(), output)
    # the soft bound at −6 bends log σ by less than a percent here
    torch.testing.assert_close(found, wanted, rtol=0.02, atol=1e-6)


def test_optimal_sigma_is_kept_for_evaluation_and_evaluation_leaves_it_alone() -> None:
    likelihood = OptimalGaussianLikelihood()
    output, images = torch.zeros(64, 1, 4, 4), torch.rand(64, 1, 4, 4, generator=generator())
    error = (images - 0.5).square().mean()
    for _ in range(200):
        likelihood.log_prob(output.requires_grad_(), images)
    torch.testing.assert_close(likelihood.squared_error, error, rtol=1e-3, atol=0)
    kept = likelihood.squared_error.clone()
    with torch.inference_mode():  # a validation inside a run
        likelihood.log_prob(output, torch.zeros_like(images))
    likelihood.eval()
    found = likelihood.log_prob(output, torch.zeros_like(images))
    assert torch.equal(likelihood.squared_error, kept)
    sigma = likelihood.log_sigma.exp()
    torch.testing.assert_close(found, Normal(0.5, sigma).log_prob(torch.zeros_like(images)).sum(dim=(1, 2, 3)))


def test_a_perfect_picture_does_not_run_away() -> None:
    likelihood = OptimalGaussianLikelihood()
    output = torch.zeros(2, 1, 4, 4).requires_grad_()
    cost = -likelihood.log_prob(output, torch.full((2, 1, 4, 4), 0.5)).sum()
    cost.backward()
    assert cost.isfinite() and output.grad.isfinite().all()
    for _ in range(1000):
        likelihood.log_prob(output, torch.full((2, 1, 4, 4), 0.5))
    assert likelihood.log_sigma.item() >= -6


def test_discretised_logistic_is_the_difference_of_two_sigmoids() -> None:
    likelihood = LIKELIHOODS["discretised-logistic"]()
    pixels = likelihood.distribution(torch.tensor([0.3, -1.0], dtype=torch.float64).view(1, 2, 1, 1))
    scale = math.exp(7 * math.tanh(-1 / 7))
    for level in (0, 1, 100, 254, 255):
        centred = 2 * level / 255 - 1 - 0.3
        upper = 1.0 if level == 255 else 1 / (1 + math.exp(-(centred + 1 / 255) / scale))
        lower = 0.0 if level == 0 else 1 / (1 + math.exp(-(centred - 1 / 255) / scale))
        value = torch.tensor(level / 255, dtype=torch.float64)
        assert pixels.log_prob(value).exp().item() == pytest.approx(upper - lower, rel=1e-9)


def test_a_bin_far_in_the_tail_keeps_its_probability() -> None:
    """float32 differences of sigmoids would be 0 there."""
    likelihood = LIKELIHOODS["discretised-logistic"]()
    output = torch.tensor([-8.0, -3.0]).view(1, 2, 1, 1)
    found = likelihood.distribution(output).log_prob(torch.tensor(200 / 255)).item()
    wanted = likelihood.distribution(output.double()).log_prob(torch.tensor(200 / 255).double()).item()
    assert -300 < wanted < -100 and found == pytest.approx(wanted, rel=1e-4)


def test_discretised_samples_are_grey_levels_around_the_mean() -> None:
    torch.manual_seed(0)
    likelihood = LIKELIHOODS["discretised-logistic"]()
    output = torch.tensor([[0.2, -2.0], [3.0, 0.0]]).view(2, 2, 1, 1)
    drawn = likelihood.distribution(output).sample((20_000,))
    likelihood.check(drawn)
    torch.testing.assert_close(drawn.mean(dim=0), likelihood.mean(output), atol=0.01, rtol=0)


def test_bytes_are_put_into_bins_of_equal_width() -> None:
    likelihood = CategoricalLikelihood(model("categorical", levels=4))
    seen = likelihood.observe(torch.arange(256).view(1, 1, 16, 16) / 255, generator())
    likelihood.check(seen)
    values, counts = seen.unique(return_counts=True)
    torch.testing.assert_close(values, torch.tensor([0, 1 / 3, 2 / 3, 1]))
    assert counts.tolist() == [64] * 4
    assert likelihood.pixels == "4 grey levels"


def test_all_256_levels_stay_what_they_are() -> None:
    bytes_ = torch.arange(256).view(1, 1, 16, 16) / 255
    for name in ("categorical", "discretised-logistic"):
        torch.testing.assert_close(LIKELIHOODS[name]().observe(bytes_, generator()), bytes_)


def test_categorical_logits_are_by_level_then_channel() -> None:
    likelihood = CategoricalLikelihood(model("categorical", levels=3, image_shape=(3, 8, 8)))
    output = torch.zeros(1, 9, 8, 8)
    output[0, 2 * 3 + 1] = 50.0  # level 2 of channel 1
    mean = likelihood.mean(output)
    torch.testing.assert_close(mean[0, :, 0, 0], torch.tensor([0.5, 1.0, 0.5]))


@pytest.mark.parametrize(("shape", "levels", "most"), [((3, 64, 64), 256, 21), ((1, 128, 128), 32, 16)])
def test_an_output_of_absurd_size_is_refused(shape: tuple[int, int, int], levels: int, most: int) -> None:
    with pytest.raises(ValueError, match=rf"numbers per image; .* at most 262,144\. Choose at most {most} levels"):
        check_parts(model("categorical", image_shape=shape, levels=levels))
    check_parts(model("categorical", image_shape=shape, levels=most))


def test_cross_entropy_is_the_formula_and_no_likelihood() -> None:
    likelihood, logit = LIKELIHOODS["cross-entropy"](), torch.tensor(0.7).view(1, 1, 1, 1)
    grey = torch.tensor(0.3).view(1, 1, 1, 1)
    light = logit.sigmoid().item()
    wanted = 0.3 * math.log(light) + 0.7 * math.log(1 - light)
    assert likelihood.log_prob(logit, grey).item() == pytest.approx(wanted)
    assert likelihood.measure == "none" and "no likelihood" in likelihood.pixels
    assert torch.equal(likelihood.observe(grey, generator()), grey)
    grid = torch.linspace(0, 1, 1001)
    total = torch.trapezoid(likelihood.distribution(torch.tensor(0.7)).log_prob(grid).exp(), grid)
    assert total < 0.9  # it integrates to less than 1: the normaliser that it lacks


def test_bernoulli_names_the_ways_out_for_grey_pixels() -> None:
    for name in ("bernoulli", "bernoulli-fixed"):
        with pytest.raises(ValueError, match="judges only 0 and 1") as refused:
            LIKELIHOODS[name]().check(torch.full((1, 1, 2, 2), 0.5))
        for way_out in ("continuous-bernoulli", "gaussian", "cross-entropy", "Binarise the images first"):
            assert way_out in str(refused.value)
