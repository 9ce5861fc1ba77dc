"""Where the KL goes: what latents know of the image, share among themselves, and differ in from the prior."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

LARGEST_TABLE = 2**18  # entries of log q(z_i | x_j) held at once: bounded memory for any N, and near the processor


@dataclass(frozen=True, eq=False)
class KlDecomposition:
    """kl = mutual_information + total_correlation + dimension_wise_kl, in nats per image, on the same draws.

    mutual_information: of image and latent under the encoder, at most log N for N ``images``.
    total_correlation: how far the aggregated posterior is from a product of its dimensions.
    dimension_wise_kl: from each dimension of the aggregated posterior to the prior, the sum of
    ``dimension_wise_kl_per_dimension`` float64 (D,). kl: log q(z|x) − log p(z) on the draws, not the closed form.
    """

    mutual_information: float
    total_correlation: float
    dimension_wise_kl: float
    dimension_wise_kl_per_dimension: np.ndarray
    kl: float
    images: int


def standard_normal_marginals(latents: Tensor) -> Tensor:
    """log N(z_d; 0, 1) of each dimension, in nats, of the same shape as latents."""
    return -0.5 * (latents.square() + math.log(2 * math.pi))


def kl_decomposition(
    means: np.ndarray,
    stds: np.ndarray,
    generator: torch.Generator,
    log_prior_marginals: Callable[[Tensor], Tensor] = standard_normal_marginals,
) -> KlDecomposition:
    """The parts of KL(q(z|x) ‖ p(z)) for N posteriors, means and stds float (N, D).

    log_prior_marginals gives log p(z_d) of latents (N, D), such as ``VAE.log_prior_marginals``; for a prior that does
    not factorise, the KL that is taken apart is that to the product of its marginals.
    One z per image is drawn from ``generator``; log q(z) is that of the whole mixture of the N posteriors, no
    minibatch estimate. Time grows with N² D. A mixture of N holds at most log N nats about its images: on average the
    mutual information is low, and what is missing of it reads as total correlation.
    Raises ValueError when shapes disagree, there is no image, a value is not finite or a std is not above 0.
    Source: Hoffman and Johnson 2016; Chen, Li, Grosse, Duvenaud 2018, equation 2; Poole et al. 2019, section 2 (why
    the mutual information is a lower bound).
    """
    _check(means, stds)
    mean = torch.from_numpy(np.array(means, dtype=np.float64))
    std = torch.from_numpy(np.array(stds, dtype=np.float64))
    latents = mean + std * torch.randn(mean.shape, generator=generator, dtype=torch.float64)
    batch = max(1, LARGEST_TABLE // len(mean))
    parts = [_log_densities(latents, mean, std, start, batch) for start in range(0, len(mean), batch)]
    own, joint, single = (torch.cat(column) for column in zip(*parts, strict=True))
    prior = log_prior_marginals(latents)
    per_dimension = (single - prior).mean(dim=0)
    return KlDecomposition(
        mutual_information=float((own - joint).mean()),
        total_correlation=float((joint - single.sum(dim=1)).mean()),
        dimension_wise_kl=float(per_dimension.sum()),
        dimension_wise_kl_per_dimension=per_dimension.numpy(),
        kl=float((own - prior.sum(dim=1)).mean()),
        images=len(mean),
    )


def _log_densities(latents: Tensor, mean: Tensor, std: Tensor, start: int, batch: int) -> tuple[Tensor, Tensor, Tensor]:
    """log q(z_i|x_i) (B,), log q(z_i) (B,) and log q(z_id) (B, D) of rows start to start + batch."""
    part = latents[start : start + batch]
    whole = torch.zeros(len(part), len(mean), dtype=torch.float64)
    single = torch.empty_like(part)
    for d in range(part.shape[1]):
        table = (part[:, d, None] - mean[:, d]).div_(std[:, d]).square_().mul_(-0.5)
        table.sub_(std[:, d].log() + 0.5 * math.log(2 * math.pi))
        whole += table
        single[:, d] = _log_mean_exp(table)
    own = whole[torch.arange(len(part)), torch.arange(start, start + len(part))].clone()
    return own, _log_mean_exp(whole), single


def _log_mean_exp(table: Tensor) -> Tensor:
    """Over the second axis; overwrites the table."""
    largest = table.amax(dim=1, keepdim=True)
    return table.sub_(largest).exp_().mean(dim=1).log() + largest[:, 0]


def _check(means: np.ndarray, stds: np.ndarray) -> None:
    if means.ndim != 2 or means.shape != stds.shape or means.size == 0:
        raise ValueError(
            f"The means have shape {means.shape} and the stds {stds.shape}; both must be (N, D) with N > 0."
            " Pass the posteriors of the same images."
        )
    if not (np.isfinite(means).all() and np.isfinite(stds).all() and (stds > 0).all()):
        raise ValueError(
            "A mean or std is NaN or infinite, or a std is not above 0; a posterior needs finite ones. Choose a model"
            " that has not diverged."
        )
