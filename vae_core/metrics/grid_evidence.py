"""log p(x) and the true posterior of one image of a 2-D model, by a grid that is fine where they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.metrics.importance import log_joint_of
from vae_core.objectives import Batch
from vae_core.vae import VAE

FIRST_SIDE = 64  # cells along each axis of the first grid
LEAST_REACH = 7.0  # in standard deviations of a standard normal prior: beyond lies 10⁻¹¹ of it
PRIOR_DRAWS = 2000  # by which the reach of another prior is found
SPLIT = 3  # a cell becomes 3 × 3; its own centre stays one
DROPS = (80.0, 45.0, 30.0, 25.0, 25.0, 25.0)  # nats below the best within which cells are split, level by level
POSTERIOR_REACH = 7.0  # spreads of q around its mean in which cells are split too
FINE = 0.5  # a cell needs no splitting once it is this share of q's and the true posterior's spread
SETTLED = 1e-4  # nats by which a level may still change log p(x)
AT_ONCE = 1024
KL_SIDE, KL_REACH = 41, 6.0  # cells along each axis, spreads to each side
MOST_POINTS = 120_000
Found = TypeVar("Found")
Steps = Generator[float, None, Found]


@dataclass(frozen=True, eq=False)
class GridPosterior:
    """The cells of a grid over the plane, and what they say of one image.

    centres float64 (M, 2), sides float64 (M,): square cells that cover the plane from −reach to reach without overlap.
    log_joint: log p(x, z) at the centres, float64 (M,), nats. log_evidence: log p(x), nats; error: by how much the last
    splitting of cells changed it, nats. mean, std: of p(z|x), (2,); correlation of its two dimensions, −1 to 1.
    first_log_joint: float32 (64, 64), log p(x, z) on the first, even grid; rows from the lowest z₂ up.
    """

    centres: Tensor
    sides: Tensor
    log_joint: Tensor
    log_evidence: float
    error: float
    reach: float
    mean: Tensor
    std: Tensor
    correlation: float
    first_log_joint: Tensor


def grid_posterior(vae: VAE, batch: Batch, posterior: Normal) -> GridPosterior:
    """p(x) = ∫ p(x|z) p(z) dz by the midpoint rule over square cells, split in 3 × 3 where p(x, z) or q is large.

    batch: one image, as observed; posterior: q, Normal (1, 2), around which the grid is fine too.
    Raises ValueError for a model that has not 2 latent dimensions, and as `log_joint_of`.
    """
    return _to_the_end(grid_steps(vae, batch, posterior))


@torch.inference_mode()
def grid_steps(vae: VAE, batch: Batch, posterior: Normal) -> Steps[GridPosterior]:
    """The same in steps of at most 1,024 decodes each: yields the share that is done, 0 to 1, returns the grid."""
    log_joint = _log_joint_of_plane(vae, batch)
    reach = _reach(vae, posterior)
    centres, sides = _first_cells(reach)
    values = yield from _at(log_joint, centres, 0.0)
    first = values.view(FIRST_SIDE, FIRST_SIDE).float()
    found, error = _evidence(values, sides), math.inf
    for level, drop in enumerate(DROPS):
        chosen = _to_split(centres, sides, values, posterior, drop)
        if not chosen.any() or len(values) + int(chosen.sum()) * SPLIT**2 > MOST_POINTS:
            break
        new_centres, new_sides = _children(centres[chosen], sides[chosen])
        new_values = yield from _at(log_joint, new_centres, (level + 1) / (len(DROPS) + 1))
        centres, sides = torch.cat([centres[~chosen], new_centres]), torch.cat([sides[~chosen], new_sides])
        values = torch.cat([values[~chosen], new_values])
        before, found = found, _evidence(values, sides)
        error = abs(found - before)
        if error < SETTLED and _is_fine_for(posterior, new_sides):
            break
    mean, std, correlation = _moments(centres, (values + 2 * sides.log() - found).exp())
    return GridPosterior(centres, sides, values, found, error, reach, mean, std, correlation, first)


def grid_kl(grid: GridPosterior, posterior: Normal) -> float:
    """KL(q(z|x) ‖ p(z|x)) in nats, summed over the cells of the grid; q Normal (1, 2), the one of the grid."""
    log_q = posterior.log_prob(grid.centres.to(posterior.mean.dtype)).sum(dim=1).double()
    log_true = grid.log_joint - grid.log_evidence
    return float(((log_q + 2 * grid.sides.log()).exp() * (log_q - log_true)).sum())


@torch.inference_mode()
def kl_around(vae: VAE, batch: Batch, posterior: Normal, log_evidence: float) -> float:
    """KL(q ‖ p(z|x)) in nats of any normal q, Normal (1, 2), over 41 × 41 cells within 6 spreads around its mean.

    log_evidence: log p(x) in nats, from `grid_posterior`. Raises ValueError as `log_joint_window`.
    """
    mean, std = posterior.mean[0].double(), posterior.stddev[0].double()
    low, high = mean - KL_REACH * std, mean + KL_REACH * std
    log_joint = log_joint_window(vae, batch, _pair(low), _pair(high), KL_SIDE).double().view(-1)
    line = (torch.arange(KL_SIDE, dtype=torch.float64) + 0.5) / KL_SIDE * 2 * KL_REACH - KL_REACH
    noise = torch.stack([line.repeat(KL_SIDE), line.repeat_interleave(KL_SIDE)], dim=1)
    log_q = Normal(0.0, 1.0).log_prob(noise).sum(dim=1)
    shares = (log_q + 2 * math.log(2 * KL_REACH / KL_SIDE)).exp()
    return float((shares * (log_q - std.log().sum() - (log_joint - log_evidence))).sum())


def log_joint_window(vae: VAE, batch: Batch, low: tuple[float, float], high: tuple[float, float], side: int) -> Tensor:
    """log p(x, z) at the centres of side × side cells of a window, float32 (side, side), nats; rows from low z₂ up.

    low and high: opposite corners (z₁, z₂). Raises ValueError as `grid_posterior`.
    """
    return _to_the_end(window_steps(vae, batch, low, high, side))


@torch.inference_mode()
def window_steps(
    vae: VAE, batch: Batch, low: tuple[float, float], high: tuple[float, float], side: int
) -> Steps[Tensor]:
    """The same in steps, as `grid_steps`."""
    log_joint = _log_joint_of_plane(vae, batch)
    shares = (torch.arange(side, dtype=torch.float64) + 0.5) / side
    across, up = (low[axis] + shares * (high[axis] - low[axis]) for axis in (0, 1))
    places = torch.stack([across.expand(side, -1), up[:, None].expand(-1, side)], dim=-1).view(-1, 2)
    values = yield from _at(log_joint, places, 0.0)
    return values.view(side, side).float()


def _to_the_end(steps: Steps[Found]) -> Found:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value


def _log_joint_of_plane(vae: VAE, batch: Batch) -> Callable[[Tensor], Tensor]:
    if vae.latent_dim != 2:
        raise ValueError(
            f"latent_dim is {vae.latent_dim}; a grid over all z needs 2. Choose a 2-D model, or take the"
            " importance-weighted estimate."
        )
    return log_joint_of(vae, batch)


def _pair(place: Tensor) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def _reach(vae: VAE, posterior: Normal) -> float:
    furthest = float((posterior.mean.abs() + 8 * posterior.stddev).max())
    prior = float(vae.sample_prior(PRIOR_DRAWS, torch.Generator().manual_seed(0)).abs().max())
    return max(LEAST_REACH, furthest, 1.5 * prior)


def _first_cells(reach: float) -> tuple[Tensor, Tensor]:
    side = 2 * reach / FIRST_SIDE
    line = -reach + (torch.arange(FIRST_SIDE, dtype=torch.float64) + 0.5) * side
    centres = torch.stack([line.expand(FIRST_SIDE, -1), line[:, None].expand(-1, FIRST_SIDE)], dim=-1).view(-1, 2)
    return centres, torch.full((len(centres),), side, dtype=torch.float64)


def _children(centres: Tensor, sides: Tensor) -> tuple[Tensor, Tensor]:
    steps = (torch.arange(SPLIT, dtype=torch.float64) - (SPLIT - 1) / 2) / SPLIT
    offsets = torch.cartesian_prod(steps, steps)
    places = centres[:, None] + offsets * sides[:, None, None]
    return places.view(-1, 2), (sides / SPLIT).repeat_interleave(SPLIT**2)


def _to_split(centres: Tensor, sides: Tensor, values: Tensor, posterior: Normal, drop: float) -> Tensor:
    """Which cells to split, bool (M,): near the best or in q's reach, and not finer than both spreads ask for."""
    apart = (centres - posterior.mean.double()).abs() - 0.5 * sides[:, None]
    in_q = (apart <= POSTERIOR_REACH * posterior.stddev.double()).all(dim=1)
    coarse_for_q = sides > FINE * float(posterior.stddev.min())
    shares = (values + 2 * sides.log() - _evidence(values, sides)).exp()
    spread = float(_moments(centres, shares)[1].min())
    settled = sides <= FINE / 2 * spread
    return ((values >= values.max() - drop) & ~settled) | (in_q & coarse_for_q)


def _is_fine_for(posterior: Normal, sides: Tensor) -> bool:
    return float(sides.max()) <= FINE * float(posterior.stddev.min()) * SPLIT


def _at(log_joint: Callable[[Tensor], Tensor], places: Tensor, share: float) -> Steps[Tensor]:
    found = []
    for part in places.split(AT_ONCE):
        found.append(log_joint(part.float()).double())
        yield share
    return torch.cat(found)


def _evidence(values: Tensor, sides: Tensor) -> float:
    return float((values + 2 * sides.log()).logsumexp(dim=0))


def _moments(centres: Tensor, shares: Tensor) -> tuple[Tensor, Tensor, float]:
    mean = (shares[:, None] * centres).sum(dim=0) / shares.sum()
    apart = centres - mean
    covariance = (shares[:, None, None] * apart[:, :, None] * apart[:, None, :]).sum(dim=0) / shares.sum()
    std = covariance.diagonal().clamp(min=1e-30).sqrt()
    return mean, std, float(covariance[0, 1] / (std[0] * std[1]))
