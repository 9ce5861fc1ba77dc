"""How wide pixel values are by their mean: against the distributions themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import ContinuousBernoulli as TorchContinuousBernoulli

from vae_core.likelihoods import LIKELIHOODS, spread_of_mean

GREYS = torch.arange(256) / 255


@pytest.mark.parametrize("name", ["bernoulli", "bernoulli-fixed"])
def test_black_or_white_is_least_sure_in_the_middle(name: str) -> None:
    likelihood = LIKELIHOODS[name]()
    output = torch.linspace(-8, 8, 33).reshape(1, 1, 3, 11)
    wanted = likelihood.distribution(output).stddev
    torch.testing.assert_close(spread_of_mean(likelihood, likelihood.mean(output)), wanted)
    found = spread_of_mean(likelihood, GREYS)
    assert found[0] == found[255] == 0 and found.max() == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("name", ["gaussian", "gaussian-fixed", "gaussian-optimal"])
def test_a_normal_one_has_its_sigma_everywhere(name: str) -> None:
    likelihood = LIKELIHOODS[name]()
    found = spread_of_mean(likelihood, GREYS)
    assert found.tolist() == [pytest.approx(likelihood.log_sigma.exp().item())] * 256


def test_a_continuous_bernoulli_is_as_wide_as_torch_says() -> None:
    likelihood = LIKELIHOODS["continuous-bernoulli"]()
    logits = torch.linspace(-9, 9, 37, dtype=torch.float64)
    wanted = TorchContinuousBernoulli(logits=logits).variance.sqrt()
    torch.testing.assert_close(spread_of_mean(likelihood, likelihood.mean(logits)), wanted, rtol=1e-4, atol=1e-6)


def test_a_continuous_bernoulli_is_as_wide_as_its_draws_at_the_ends_and_in_the_middle() -> None:
    likelihood = LIKELIHOODS["continuous-bernoulli"]()
    found = spread_of_mean(likelihood, GREYS)
    assert torch.isfinite(found).all()
    assert found[0] == found[255] == pytest.approx(0, abs=1e-5)
    assert found[127] == pytest.approx((1 / 12) ** 0.5, abs=1e-4), "uniform"
    torch.testing.assert_close(found, found.flip(0), atol=1e-5, rtol=1e-4)
    draws = likelihood.distribution(torch.tensor(-3.0)).sample(torch.Size([100_000]))
    at = np.interp(draws.mean().item(), GREYS.numpy(), found.numpy())
    assert at == pytest.approx(draws.std().item(), rel=0.02)


@pytest.mark.parametrize("name", ["discretised-logistic", "categorical", "cross-entropy"])
def test_others_cannot_be_told_by_their_mean(name: str) -> None:
    assert spread_of_mean(LIKELIHOODS[name](), GREYS) is None
