"""The parts of the KL: sums, bounds, brute force, and total correlations that are known."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from tests.vae_core.objectives.small import generator
from vae_core.objectives import draw_latents
from vae_core.objectives.kl_parts import (
    KlParts,
    full_log_weights,
    kl_parts,
    mixture_log_weights,
    stratified_log_weights,
    weighted_log_weights,
)

STANDARD = Normal(0.0, 1.0)


def posteriors(seed: int, count: int, dimensions: int = 2, spread: float = 0.3) -> Normal:
    noise = generator(seed)
    mean = torch.randn(count, dimensions, generator=noise, dtype=torch.float64)
    return Normal(mean, spread * torch.rand(count, dimensions, generator=noise, dtype=torch.float64) + 0.01)


def parts_of(posterior: Normal, log_weights: Tensor, seed: int = 0) -> tuple[KlParts, Tensor]:
    latents = draw_latents(posterior, generator(seed))[0]
    log_prior = STANDARD.log_prob(latents).sum(dim=1)
    return kl_parts(latents, posterior, log_prior, log_weights.double()), latents


def weights_of(estimator: str, batch: int, n_train: int) -> Tensor:
    return full_log_weights(batch) if estimator == "full" else mixture_log_weights(estimator, batch, n_train)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 30), st.sampled_from(["full", "weighted", "stratified"]))
def test_the_parts_add_up_to_the_sampled_kl_of_the_same_draws(seed: int, batch: int, estimator: str) -> None:
    posterior = posteriors(seed, batch)
    parts, latents = parts_of(posterior, weights_of(estimator, batch, 1000), seed)
    sampled = (posterior.log_prob(latents) - STANDARD.log_prob(latents)).sum(dim=1)
    torch.testing.assert_close(parts.kl, sampled, rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(2, 20), st.integers(21, 500), st.floats(1e-3, 2.0))
def test_mutual_information_is_at_most_what_the_estimator_can_know(
    seed: int, batch: int, n_train: int, spread: float
) -> None:
    posterior = posteriors(seed, batch, spread=spread)
    bounds = {"full": math.log(batch), "stratified": math.log(n_train), "weighted": math.log(n_train * batch)}
    for estimator, bound in bounds.items():
        parts, _ = parts_of(posterior, weights_of(estimator, batch, n_train), seed)
        assert parts.mutual_information.max().item() <= bound + 1e-5  # the weights are float32


@pytest.mark.parametrize(
    ("estimator", "bound"), [("full", math.log(8)), ("stratified", math.log(500)), ("weighted", math.log(500 * 8))]
)
def test_codes_far_apart_reach_the_bound(estimator: str, bound: float) -> None:
    mean = 100.0 * torch.arange(8, dtype=torch.float64)[:, None].expand(8, 2)
    parts, _ = parts_of(Normal(mean, torch.ones_like(mean)), weights_of(estimator, 8, 500))
    torch.testing.assert_close(parts.mutual_information, torch.full((8,), bound, dtype=torch.float64))


def test_a_code_that_knows_nothing_has_no_mutual_information() -> None:
    same = Normal(torch.zeros(8, 2, dtype=torch.float64), torch.ones(8, 2, dtype=torch.float64))
    for estimator in ("full", "stratified"):
        parts, _ = parts_of(same, weights_of(estimator, 8, 500))
        for part in (parts.mutual_information, parts.total_correlation, parts.dimension_wise_kl):
            torch.testing.assert_close(part, torch.zeros_like(part), rtol=0, atol=1e-6)


def test_densities_are_those_of_a_mixture_of_torch_distributions() -> None:
    posterior = posteriors(3, 6, dimensions=3)
    parts, latents = parts_of(posterior, stratified_log_weights(6, 40))
    weights = stratified_log_weights(6, 40).double().exp()
    joint, single = torch.empty(6, dtype=torch.float64), torch.empty(6, 3, dtype=torch.float64)
    for i in range(6):
        mixing = Categorical(probs=weights[i])
        joint[i] = MixtureSameFamily(mixing, Independent(posterior, 1)).log_prob(latents[i])
        for d in range(3):
            component = Normal(posterior.mean[:, d], posterior.stddev[:, d])
            single[i, d] = MixtureSameFamily(mixing, component).log_prob(latents[i, d])
    own = posterior.log_prob(latents).sum(dim=1)
    close = {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(parts.mutual_information, own - joint, **close)
    torch.testing.assert_close(parts.total_correlation, joint - single.sum(dim=1), **close)
    torch.testing.assert_close(
        parts.dimension_wise_kl, single.sum(dim=1) - STANDARD.log_prob(latents).sum(dim=1), **close
    )


def test_stratified_weights_are_those_of_the_paper() -> None:
    weights = stratified_log_weights(4, 10).exp()  # N = 10, M = 3 others
    itself, last, other = 1 / 10, 7 / 30, 1 / 3
    torch.testing.assert_close(weights[0], torch.tensor([itself, last, other, other]))
    torch.testing.assert_close(weights[3], torch.tensor([last, other, other, itself]))
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(4))
    torch.testing.assert_close(weights.diagonal(), torch.full((4,), itself))


def test_stratified_weights_are_unbiased_over_all_batches_of_a_small_set() -> None:
    posterior = posteriors(5, 5, dimensions=1, spread=1.0)
    point, own = torch.tensor([[0.3]], dtype=torch.float64), 2
    densities = posterior.log_prob(point).exp()[:, 0]
    weights = stratified_log_weights(4, 5).double().exp()[0]
    estimates = [
        weights @ densities[[own, *others]] for others in itertools.permutations([i for i in range(5) if i != own], 3)
    ]
    torch.testing.assert_close(torch.stack(estimates).mean(), densities.mean(), rtol=1e-6, atol=1e-9)


def test_weighted_weights_are_those_of_the_paper() -> None:
    torch.testing.assert_close(weighted_log_weights(4, 10), torch.full((4, 4), -math.log(40)))


@pytest.mark.parametrize("estimator", ["weighted", "stratified"])
@pytest.mark.parametrize(("batch", "n_train"), [(1, 100), (20, 20), (30, 20)])
def test_a_batch_with_nothing_left_to_estimate_is_summed_in_full(estimator: str, batch: int, n_train: int) -> None:
    assert torch.equal(mixture_log_weights(estimator, batch, n_train), full_log_weights(batch))


def aggregated_gaussian(covariance: Tensor, count: int, seed: int, spread: float = 0.6) -> Normal:
    """Posteriors of one spread whose aggregate is normal with this covariance, up to ``count`` being finite."""
    dimensions = len(covariance)
    of_means = covariance - spread**2 * torch.eye(dimensions, dtype=torch.float64)
    noise = torch.randn(count, dimensions, generator=generator(seed), dtype=torch.float64)
    return Normal(noise @ torch.linalg.cholesky(of_means).T, torch.full_like(noise, spread))


def mean_total_correlation(covariance: Tensor, count: int) -> tuple[float, float]:
    """The total correlation by the full sum over ``count`` codes, and its standard error over 12 repetitions."""
    weights = full_log_weights(count)
    found = [parts_of(aggregated_gaussian(covariance, count, seed), weights, seed)[0] for seed in range(12)]
    values = torch.stack([parts.total_correlation.mean() for parts in found])
    return values.mean().item(), (values.std() / math.sqrt(len(values))).item()


@pytest.mark.parametrize("rho", [0.3, 0.6])
def test_total_correlation_of_correlated_gaussians_is_the_closed_form(rho: float) -> None:
    covariance = torch.tensor([[1.0, rho], [rho, 1.0]], dtype=torch.float64)
    found, error = mean_total_correlation(covariance, 800)
    assert error < 0.01
    assert found == pytest.approx(-0.5 * math.log(1 - rho**2), abs=4 * error + 0.015)  # the rest: 800 is finite


def test_total_correlation_of_factorised_codes_is_zero_within_its_error() -> None:
    found, error = mean_total_correlation(torch.eye(2, dtype=torch.float64), 800)
    assert error < 0.01
    assert found == pytest.approx(0.0, abs=4 * error + 0.015)
