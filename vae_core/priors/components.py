"""A weighted sum of normal densities with independent dimensions: what two of the priors are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core.noise import RandomSource, normal, uniform

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
LARGEST_TABLE = 2**24  # latents × components × dimensions at once, so that memory stays bounded


@dataclass(frozen=True, eq=False)
class Components:
    """K normal densities of D independent dimensions: log_weights float32 (K,), mean and std float32 (K, D)."""

    log_weights: Tensor
    mean: Tensor
    std: Tensor

    def distribution(self) -> MixtureSameFamily:
        """The mixture with event shape (D,)."""
        weights = Categorical(logits=self.log_weights, validate_args=False)
        parts = Independent(Normal(self.mean, self.std, validate_args=False), 1, validate_args=False)
        return MixtureSameFamily(weights, parts, validate_args=False)

    def log_prob(self, latents: Tensor) -> Tensor:
        """log p(z) in nats, float32 (...,), of latents float32 (..., D)."""
        return self._in_parts(latents, lambda rows: (self.log_weights + self._table(rows).sum(dim=2)).logsumexp(dim=1))

    def log_prob_marginals(self, latents: Tensor) -> Tensor:
        """log p(z_d) in nats, float32 (..., D), of latents float32 (..., D)."""
        return self._in_parts(latents, lambda rows: (self.log_weights[:, None] + self._table(rows)).logsumexp(dim=1))

    def sample(self, count: int, source: RandomSource, temperature: float = 1.0) -> Tensor:
        """Latents float32 (count, D); temperature multiplies each component's spread."""
        device = self.mean.device
        ends = self.log_weights.exp().cumsum(dim=0)
        drawn = torch.searchsorted(ends, uniform(source, (count,), device) * ends[-1], right=True)
        chosen = drawn.clamp(max=len(ends) - 1)
        noise = temperature * normal(source, (count, self.mean.shape[1]), device)
        return self.mean[chosen] + self.std[chosen] * noise

    def _table(self, rows: Tensor) -> Tensor:
        # (N, K, D). Not by products of matrices, whose large terms would cancel where a spread is small.
        scaled = (rows[:, None] - self.mean) / self.std
        return -0.5 * scaled.square() - self.std.log() - HALF_LOG_TWO_PI

    def _in_parts(self, latents: Tensor, of_rows: Callable[[Tensor], Tensor]) -> Tensor:
        rows = latents.flatten(0, -2)
        at_once = max(1, LARGEST_TABLE // self.mean.numel())
        found = torch.cat([of_rows(part) for part in rows.split(at_once)])
        return found.view(*latents.shape[:-1], *found.shape[1:])
