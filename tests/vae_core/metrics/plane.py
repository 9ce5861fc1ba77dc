"""A model with a plane of latents whose integrals a plain even grid can do, and that grid, by the tests' own code."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from tests.tiny import digit_images, tiny_vae
from vae_core.objectives import Batch, observed_image
from vae_core.settings import ModelSettings
from vae_core.vae import VAE

SIDE, REACH = 500, 8.0


def plane_model(likelihood: str = "bernoulli", damped: float = 0.35, **fields: object) -> tuple[VAE, Batch]:
    """A 2-D model, damped so that 0.03 is a fine step for it, and one digit as it observes it."""
    fields = {"latent_dim": 2, "hidden": (16,)} | fields
    vae = tiny_vae(ModelSettings(network="mlp", image_shape=(1, 8, 8), likelihood=likelihood, **fields))
    vae.decoder[-2].weight.mul_(damped)
    vae.encoder[-1].weight.mul_(damped)
    label = 3 if vae.classes else None
    return vae, observed_image(vae, digit_images(count=1)[0][0], label)


def silent_model(**fields: object) -> tuple[VAE, Batch]:
    """All weights 0: each pixel is white with probability ½ whatever z is, and q is the prior."""
    vae, batch = plane_model(**fields)
    for parameter in vae.parameters():
        parameter.zero_()
    return vae, batch


@torch.inference_mode()
def even_grid(vae: VAE, batch: Batch) -> tuple[np.ndarray, np.ndarray, float]:
    """Places (M, 2), log p(x, z) there (M,), and the area of a cell, by distributions alone."""
    line = np.linspace(-REACH, REACH, SIDE)
    places = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    parts = []
    for part in torch.from_numpy(places).float().split(10_000):
        labels = None if batch.labels is None else batch.labels.expand(len(part))
        pixels = vae.decode(part, labels).log_prob(batch.images).flatten(1).double().sum(dim=1)
        parts.append(pixels + vae.log_prior(part).double())
    return places, torch.cat(parts).numpy(), (line[1] - line[0]) ** 2


def log_sum(values: np.ndarray) -> float:
    top = values.max()
    return float(top + math.log(np.exp(values - top).sum()))


def posterior_of(vae: VAE, batch: Batch) -> torch.distributions.Normal:
    return vae.encode(batch.images, batch.labels)


def normal_log(places: np.ndarray, mean: Tensor, std: Tensor) -> np.ndarray:
    apart = (places - mean.numpy()) / std.numpy()
    return (-0.5 * apart**2 - np.log(std.numpy()) - 0.5 * math.log(2 * math.pi)).sum(axis=1)
