"""One step of training and one pass of validation: what the loop repeats."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.objectives import ElboTerms, Objective
from vae_core.training.batches import observed
from vae_core.training.noise import VALIDATION, stream_generator
from vae_core.vae import VAE

VALIDATION_BATCH = 512


@dataclass(frozen=True)
class Averages:
    """Means over images, in nats per image; loss is −ELBO, kl_per_dimension has one value per latent dimension."""

    loss: float
    reconstruction: float
    kl: float
    kl_per_dimension: tuple[float, ...]


class TrainingStep:
    """Holds what a step changes: the weights, Adam's moments and the generator of all noise."""

    def __init__(self, vae: VAE, objective: Objective, learning_rate: float, generator: torch.Generator) -> None:
        self.vae = vae
        self.objective = objective
        self.generator = generator
        self.optimizer = torch.optim.Adam(vae.parameters(), lr=learning_rate, fused=True)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Learn from one batch of pixels uint8 (B, C, H, W); gives back the sums that `averages` takes."""
        images = observed(pixels, self.vae.likelihood, self.generator)
        terms = self.objective(self.vae, images, self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        terms.loss.backward()
        self.optimizer.step()
        return batch_sums(terms)


def batch_sums(terms: ElboTerms) -> Tensor:
    """Sums over a batch, float32 (D + 1,): the reconstruction, then the KL of each dimension."""
    columns = torch.cat([terms.reconstruction.detach()[:, None], terms.kl_per_dimension.detach()], dim=1)
    return columns.sum(dim=0)


def averages(sums: Tensor, count: int) -> Averages:
    """Means per image from sums float64 (D + 1,) over `count` images."""
    reconstruction, *kl_per_dimension = (sums / count).tolist()
    kl = sum(kl_per_dimension)
    return Averages(reconstruction + kl, reconstruction, kl, tuple(kl_per_dimension))


@torch.inference_mode()
def validate(vae: VAE, objective: Objective, pixels: Tensor, seed: int) -> Averages:
    """The means over pixels uint8 (N, C, H, W), with the same noise at every call with the same seed."""
    generator = stream_generator(seed, VALIDATION)
    sums = torch.zeros(1 + vae.latent_dim, dtype=torch.float64)
    for part in pixels.split(VALIDATION_BATCH):
        sums += batch_sums(objective(vae, observed(part, vae.likelihood, generator), generator))
    return averages(sums, len(pixels))
