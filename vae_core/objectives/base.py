"""An objective, and the table of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from vae_core.noise import RandomSource
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.registry import Registry
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


class Objective(nn.Module, ABC):
    """What training minimises. Holds its own settings, and (FactorVAE) an adversary that learns beside the model.

    options: the fields of TrainingSettings that it takes, besides those of the optimizer and the corruption.
    """

    options: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        """The terms of one step. Raises ValueError where it cannot judge the batch."""

    def adversary_loss(self, latents: Tensor, source: RandomSource, moment: Moment) -> Tensor | None:
        """What the objective's own parameters minimise, a scalar, from ``ObjectiveTerms.latents``; None without any."""
        return None


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


def build_objective(model: ModelSettings, training: TrainingSettings) -> Objective:
    """The objective that the settings name. Raises ValueError when it is unknown or does not suit the model."""
    return OBJECTIVES[training.objective](model, training)
