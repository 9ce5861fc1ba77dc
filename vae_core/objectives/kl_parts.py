"""The KL taken apart over a minibatch: mutual information, total correlation, dimension-wise KL."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.distributions import Normal

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
Estimator = Literal["weighted", "stratified"]


@dataclass(frozen=True, eq=False)
class KlParts:
    """The parts of log q(z|x) − log p(z) for one draw z per image, float32 (B,) each, in nats; ``kl`` is their sum.

    mutual_information: log q(z|x) − log q(z). total_correlation: log q(z) − Σ log q(z_d).
    dimension_wise_kl: Σ log q(z_d) − log p(z).
    """

    mutual_information: Tensor
    total_correlation: Tensor
    dimension_wise_kl: Tensor

    @property
    def kl(self) -> Tensor:
        """The KL of the same draws."""
        return self.mutual_information + self.total_correlation + self.dimension_wise_kl


def kl_parts(latents: Tensor, posterior: Normal, log_prior: Tensor, log_weights: Tensor) -> KlParts:
    """The parts of the KL, with q(z) the mixture of the batch's posteriors under ``log_weights``.

    latents: float32 (B, D), row i drawn from row i of ``posterior`` (B, D). log_prior: log p(z), float32 (B,).
    log_weights: float32 (B, B), row i weighs the posteriors in the density of latent i.
    Source: Chen, Li, Grosse and Duvenaud 2018, equation 2.
    """
    mean, std = posterior.mean.T[:, None], posterior.stddev.T[:, None]
    # (D, B latents, B posteriors): what is summed over posteriors lies together in memory
    pairs = -0.5 * ((latents.T[:, :, None] - mean) / std).square() - (std.log() + HALF_LOG_TWO_PI)
    whole = pairs.sum(dim=0)
    # The weights belong to the mixture: once in the joint density, once in each marginal.
    log_joint = (whole + log_weights).logsumexp(dim=1)
    log_marginals = (pairs + log_weights).logsumexp(dim=2).sum(dim=0)
    return KlParts(whole.diagonal() - log_joint, log_joint - log_marginals, log_marginals - log_prior)


def mixture_log_weights(estimator: Estimator, batch: int, n_train: int) -> Tensor:
    """Log-weights float32 (B, B) for `kl_parts`, for B images out of ``n_train``.

    A batch that is the whole set, or one image, which has nothing to be compared with, is summed in full.
    """
    if batch == 1 or batch >= n_train:
        return full_log_weights(batch)
    return (weighted_log_weights if estimator == "weighted" else stratified_log_weights)(batch, n_train)


def full_log_weights(batch: int) -> Tensor:
    """log 1/B everywhere, float32 (B, B): q(z) of exactly these images; mutual information at most log B."""
    return torch.full((batch, batch), -math.log(batch))


def weighted_log_weights(batch: int, n_train: int) -> Tensor:
    """log 1/(N M) everywhere, float32 (M, M): a biased estimate; mutual information at most log(N M).

    Source: Chen et al. 2018, section 3.1 (minibatch-weighted sampling).
    """
    return torch.full((batch, batch), -math.log(n_train * batch))


def stratified_log_weights(batch: int, n_train: int) -> Tensor:
    """Unbiased for q(z), float32 (B, B), rows sum to 1 before the log; mutual information at most log N.

    With M = B − 1 other images: 1/N for the image itself, (N − M)/(N M) for one other, 1/M for the rest.
    For 2 ≤ B < N. Source: Chen et al. 2018, appendix C.1 (minibatch-stratified sampling).
    """
    others = batch - 1
    weights = torch.full((batch, batch), 1 / others)
    itself = torch.arange(batch)
    weights[itself, itself] = 1 / n_train
    weights[itself, (itself + 1) % batch] = (n_train - others) / (n_train * others)
    return weights.log()
