"""KL per dimension and active units, on codes whose answer is known."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Normal, kl_divergence

from vae_core.metrics import active_units, kl_per_dimension


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 20))
def test_kl_is_that_of_torch_distributions(seed: int, dimensions: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    means = generator.normal(0, 3, (count, dimensions)).astype(np.float32)
    stds = generator.uniform(0.01, 3, (count, dimensions)).astype(np.float32)
    posterior = Normal(torch.from_numpy(means).double(), torch.from_numpy(stds).double())
    wanted = kl_divergence(posterior, Normal(0.0, 1.0)).mean(dim=0).numpy()
    found = kl_per_dimension(means, stds)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    assert (found >= -1e-6).all()


def test_kl_of_the_prior_is_zero() -> None:
    np.testing.assert_array_equal(
        kl_per_dimension(np.zeros((4, 3), np.float32), np.ones((4, 3), np.float32)), np.zeros(3)
    )


def test_only_a_mean_that_varies_is_active() -> None:
    step = np.linspace(-1, 1, 101, dtype=np.float32)
    constant_but_far = np.full_like(step, 5)
    means = np.stack([step, constant_but_far, 0.1 * step, np.zeros_like(step)], axis=1)
    assert active_units(means).tolist() == [True, False, False, False]


def test_the_threshold_is_burdas() -> None:
    """Variance 0.01 itself is not above 0.01."""
    means = np.array([[-0.11, -0.09], [0.11, 0.09]], np.float32)
    assert active_units(means).tolist() == [True, False]
    assert active_units(means, threshold=0.001).tolist() == [True, True]
