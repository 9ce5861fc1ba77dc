"""The latent that explains best what is visible of a picture: a search by gradient, from several starts at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.noise import normal
from vae_core.repair.damage import Damaged
from vae_core.repair.observation import is_noise, observation_log_prob
from vae_core.repair.repairs import chained_reconstruction
from vae_core.vae import VAE

STEPS = 150
STARTS = 6
LEARNING_RATE = 0.1


@dataclass(frozen=True, eq=False)
class FitState:
    """Where a fit of K starts stands after ``step`` of ``steps``.

    latents: float32 (K, D), the best found from each start. costs: float32 (K,), −log p(x_visible|z) − log p(z) of
    them, in nats; never rising from state to state.
    """

    step: int
    steps: int
    latents: Tensor
    costs: Tensor

    @property
    def best(self) -> Tensor:
        """The latent with the least cost, float32 (D,)."""
        return self.latents[int(self.costs.argmin())]


def latent_fit(
    vae: VAE,
    found: Damaged,
    starts: Tensor,
    steps: int = STEPS,
    learning_rate: float = LEARNING_RATE,
    labels: Tensor | None = None,
) -> Iterator[FitState]:
    """Searches the most probable latent given the visible pixels of one picture (MAP), and tells of every step.

    found: one damaged picture, B = 1. starts: float32 (K, D). labels: int64 (1,), of a conditional model.
    Minimises −log p(x_visible|z) − log p(z) by Adam, its rate falling to 0 along a cosine. Where noise was added, the
    pixels are judged by that noise around the decoder's picture (``observation_log_prob``), else by the model's own
    likelihood, grey pixels under Bernoulli by the expectation over their binarisation. A plain autoencoder has no
    prior that it was trained towards: there −log p(z) is left out. The first state is that of the starts. Raises
    ValueError when no pixel is visible, the starts have another shape, or steps is below 1.
    Source: Bora et al. 2017, equation 1, with log p(z) for its penalty.
    """
    _check(vae, found, starts, steps)
    repeated = None if labels is None else labels.expand(len(starts))
    latents = starts.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([latents], lr=learning_rate)
    best, least = starts.clone(), torch.full((len(starts),), math.inf)
    for step in range(steps + 1):
        with torch.enable_grad():
            costs = _costs(vae, latents, found, repeated)
        better = costs.detach() < least
        best[better], least[better] = latents.detach()[better], costs.detach()[better]
        yield FitState(step, steps, best.clone(), least.clone())
        if step == steps:
            return
        optimizer.param_groups[0]["lr"] = 0.5 * learning_rate * (1 + math.cos(math.pi * step / steps))
        optimizer.zero_grad()
        costs.sum().backward()
        optimizer.step()


@torch.no_grad()
def fit_starts(vae: VAE, found: Damaged, seed: int = 0, count: int = STARTS, labels: Tensor | None = None) -> Tensor:
    """Where a fit begins, float32 (count, D): the code of the damaged picture, that of its repeated encode–decode, and
    draws from the prior by the seed. Raises ValueError when count is below 1."""
    if count < 1:
        raise ValueError(f"count is {count}; a fit needs at least 1 start. Choose 1 or more.")
    pictures = (found.images, chained_reconstruction(vae, found, labels=labels))
    codes = [vae.encode(picture, labels).mean for picture in pictures]
    generator = torch.Generator().manual_seed(seed)
    if vae.is_point:  # no prior worth the name: around the code
        drawn = codes[0] + normal(generator, (count, vae.latent_dim), codes[0].device)
    else:
        drawn = vae.sample_prior(count, generator)
    return torch.cat([*codes, drawn])[:count].clone()


def _costs(vae: VAE, latents: Tensor, found: Damaged, labels: Tensor | None) -> Tensor:
    output = vae.decoder_output(latents, labels)
    if is_noise(found.damage):
        per_pixel = observation_log_prob(found.damage, vae.likelihood.mean(output), found.images)
    else:
        per_pixel = vae.likelihood.distribution(output).log_prob(found.images.expand(len(latents), -1, -1, -1))
    costs = -(per_pixel * found.visible).sum(dim=(1, 2, 3))
    return costs if vae.is_point else costs - vae.log_prior(latents)


def _check(vae: VAE, found: Damaged, starts: Tensor, steps: int) -> None:
    if len(found.images) != 1:
        raise ValueError(f"There are {len(found.images)} pictures; a fit takes 1. Fit them one after another.")
    if not found.visible.any():
        raise ValueError("No pixel is visible: the hole covers all. A fit needs at least 1. Make the hole smaller.")
    if starts.ndim != 2 or starts.shape[1] != vae.latent_dim or len(starts) == 0:
        raise ValueError(f"The starts have shape {tuple(starts.shape)}; they must be (K, {vae.latent_dim}) with K ≥ 1.")
    if steps < 1:
        raise ValueError(f"steps is {steps}; a fit takes at least 1. Choose 1 or more.")
