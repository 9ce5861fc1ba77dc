"""The parts of the KL: they add up, they keep their bounds, and they are right where the answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core.metrics import KlDecomposition, kl_decomposition, kl_per_dimension
from vae_core.metrics import mutual_information as module


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def posteriors(seed: int, count: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    means = draw.normal(0, 2, (count, dimensions)).astype(np.float32)
    return means, draw.uniform(0.001, 2, (count, dimensions)).astype(np.float32)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 5))
def test_parts_add_up_and_keep_their_bounds(seed: int, count: int, dimensions: int) -> None:
    found = kl_decomposition(*posteriors(seed, count, dimensions), generator(seed))
    total = found.mutual_information + found.total_correlation + found.dimension_wise_kl
    assert total == pytest.approx(found.kl, abs=1e-9)
    assert found.mutual_information <= math.log(count) + 1e-12
    assert found.dimension_wise_kl_per_dimension.sum() == pytest.approx(found.dimension_wise_kl)
    if dimensions == 1:
        assert found.total_correlation == pytest.approx(0, abs=1e-9)


def test_densities_are_those_of_torch_distributions() -> None:
    """The same draws judged by torch's mixtures."""
    means, stds = posteriors(3, 40, 3)
    found = kl_decomposition(means, stds, generator(5))
    mean, std = torch.from_numpy(means).double(), torch.from_numpy(stds).double()
    z = mean + std * torch.randn(mean.shape, generator=generator(5), dtype=torch.float64)
    even = Categorical(torch.ones(40, dtype=torch.float64))
    own = Normal(mean, std).log_prob(z).sum(dim=1)
    joint = MixtureSameFamily(even, Independent(Normal(mean, std), 1)).log_prob(z)
    single = [MixtureSameFamily(even, Normal(mean[:, d], std[:, d])).log_prob(z[:, d]) for d in range(3)]
    prior = Normal(0.0, 1.0).log_prob(z)
    assert found.mutual_information == pytest.approx((own - joint).mean().item())
    assert found.total_correlation == pytest.approx((joint - sum(single)).mean().item())
    wanted = [(single[d] - prior[:, d]).mean().item() for d in range(3)]
    assert found.dimension_wise_kl_per_dimension == pytest.approx(wanted)


def test_posteriors_far_apart_tell_every_image() -> None:
    means = 100.0 * np.arange(50)[:, None] * np.ones(2)
    found = kl_decomposition(means, np.ones((50, 2)), generator())
    assert found.mutual_information == pytest.approx(math.log(50), abs=1e-12)


def test_equal_posteriors_tell_nothing() -> None:
    found = kl_decomposition(np.full((50, 3), 0.7), np.full((50, 3), 0.4), generator())
    assert found.mutual_information == pytest.approx(0, abs=1e-12)
    assert found.total_correlation == pytest.approx(0, abs=1e-12)
    assert found.kl == found.dimension_wise_kl != 0


def gaussian_case(count: int = 4000) -> tuple[KlDecomposition, float, float]:
    """Means ~ N(0, V) and one σ: z is Gaussian, and both terms have a closed form."""
    correlation, spread = 0.8, 0.5
    covariance = np.array([[1, correlation], [correlation, 1]])
    means = np.random.default_rng(0).multivariate_normal(np.zeros(2), covariance, count)
    found = kl_decomposition(means, np.full((count, 2), spread), generator())
    whole = covariance + spread**2 * np.eye(2)
    information = 0.5 * math.log(np.linalg.det(whole) / spread**4)
    correlation_of_z = whole[0, 1] / whole[0, 0]
    return found, information, -0.5 * math.log(1 - correlation_of_z**2)


def test_gaussian_latents_have_the_closed_form() -> None:
    found, information, total_correlation = gaussian_case()
    assert found.mutual_information == pytest.approx(information, abs=0.05)
    assert found.total_correlation == pytest.approx(total_correlation, abs=0.05)


def test_kl_is_near_the_closed_form() -> None:
    means, stds = posteriors(1, 3000, 2)
    stds = stds + np.float32(0.2)
    found = kl_decomposition(means, stds, generator())
    assert found.kl == pytest.approx(float(kl_per_dimension(means, stds).sum()), rel=0.05)


def test_another_prior_changes_its_own_term_only() -> None:
    means, stds = posteriors(4, 100, 2)
    wide = Normal(torch.tensor([1.0, 0.0]), torch.tensor([2.0, 3.0]))
    found = kl_decomposition(means, stds, generator(), wide.log_prob)
    standard = kl_decomposition(means, stds, generator())
    assert found.mutual_information == standard.mutual_information
    assert found.total_correlation == standard.total_correlation
    assert found.kl - found.dimension_wise_kl == pytest.approx(standard.kl - standard.dimension_wise_kl)
    assert found.dimension_wise_kl != pytest.approx(standard.dimension_wise_kl, rel=0.1)


def test_in_batches_as_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    means, stds = posteriors(2, 57, 3)
    whole = kl_decomposition(means, stds, generator())
    monkeypatch.setattr(module, "LARGEST_TABLE", 57 * 5)
    parts = kl_decomposition(means, stds, generator())
    assert parts.mutual_information == pytest.approx(whole.mutual_information, abs=1e-12)
    assert parts.total_correlation == pytest.approx(whole.total_correlation, abs=1e-12)


def test_what_is_refused() -> None:
    means, stds = posteriors(0, 4, 2)
    with pytest.raises(ValueError, match=r"shape \(4, 2\) and the stds \(3, 2\); both must be \(N, D\)"):
        kl_decomposition(means, stds[:3], generator())
    with pytest.raises(ValueError, match=r"std is not above 0.*Choose a model"):
        kl_decomposition(means, 0 * stds, generator())
