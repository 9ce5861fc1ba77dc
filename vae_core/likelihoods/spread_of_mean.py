"""How wide p(x|z) is for a pixel value, where the expected value alone tells it."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core.likelihoods.base import Likelihood
from vae_core.likelihoods.bernoulli import BinaryLikelihood
from vae_core.likelihoods.continuous_bernoulli import ContinuousBernoulliLikelihood, mean_of
from vae_core.likelihoods.gaussian import NormalLikelihood

LARGEST_LOGIT = 2.0**20  # its mean differs from black or white by less than a millionth
HALVINGS = 80
NEAR_ZERO = 0.05  # logits whose variance goes by its series, where the closed form would lose its digits


@torch.inference_mode()
def spread_of_mean(likelihood: Likelihood, mean: Tensor) -> Tensor | None:
    """The standard deviation of pixel values in [0, 1] whose expected values are ``mean``, of any shape, in [0, 1].

    None where the mean does not tell it: the decoder makes a spread of its own (``has_spread``), or the model has no
    likelihood. Bernoulli: √(m (1 − m)). Normal: σ for all. Continuous Bernoulli: of the logit η with that mean,
    √(1/η² − 1/(4 sinh²(η/2))). Source: Loaiza-Ganem and Cunningham 2019, equation 9.
    """
    if isinstance(likelihood, BinaryLikelihood):
        return (mean * (1 - mean)).sqrt()
    if isinstance(likelihood, NormalLikelihood):
        return likelihood.log_sigma.exp().to(mean).expand_as(mean)
    if isinstance(likelihood, ContinuousBernoulliLikelihood):
        return _continuous_variance(logits_of_mean(mean.double())).sqrt().to(mean)
    return None


def logits_of_mean(mean: Tensor) -> Tensor:
    """The logits η, float64, of continuous Bernoullis with these means in [0, 1]: by halving, as the mean only rises.

    Means of 0 and 1 have the logits ∓2^20.
    """
    low, high = torch.full_like(mean, -LARGEST_LOGIT), torch.full_like(mean, LARGEST_LOGIT)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        too_low = mean_of(middle) < mean
        low, high = torch.where(too_low, middle, low), torch.where(too_low, high, middle)
    return (low + high) / 2


def _continuous_variance(logits: Tensor) -> Tensor:
    size = logits.abs()
    safe = size.clamp(min=NEAR_ZERO)
    far = 1 / safe.square() - torch.exp(-safe) / (-torch.expm1(-safe)).square()  # 4 sinh²(η/2) = (1 − e^(−η))² e^η
    near = 1 / 12 - logits.square() / 240
    return torch.where(size < NEAR_ZERO, near, far).clamp(min=0)
