"""Small models, settings and images for the tests of the objectives."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.tiny import digit_images, tiny_vae
from vae_core.objectives import OBJECTIVES
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE

N_TRAIN = 1000


def model_settings(objective: str = "elbo", **changes: object) -> ModelSettings:
    """An 8×8 grey model with 3 latent dimensions that suits the objective."""
    fields: dict[str, object] = {
        "network": "mlp",
        "image_shape": (1, 8, 8),
        "latent_dim": 3,
        "likelihood": "gaussian",
        "hidden": (16,),
        "posterior": OBJECTIVES[objective].posterior,
    }
    return ModelSettings(**(fields | changes))


def training_settings(objective: str = "elbo", **changes: object) -> TrainingSettings:
    """Settings with this objective, its options at their defaults but for the changes."""
    fields: dict[str, object] = {
        "objective": objective,
        "epochs": 1,
        "batch_size": 8,
        "learning_rate": 1e-3,
        "patience": 1,
    }
    return TrainingSettings(**(fields | changes))


def learning_vae(objective: str = "elbo", **changes: object) -> VAE:
    """A tiny model whose weights take gradients."""
    return tiny_vae(model_settings(objective, **changes)).requires_grad_(True)


def digits(count: int = 8) -> tuple[Tensor, Tensor]:
    """Images float32 (count, 1, 8, 8) in [0, 1] and labels int64 (count,)."""
    images, labels = digit_images(count=count)
    return torch.from_numpy(images).float() / 255, torch.from_numpy(labels)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
