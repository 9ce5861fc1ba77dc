"""An objective, and the table of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from torch import Tensor, nn

from vae_core.noise import RandomSource
from vae_core.objectives.terms import Batch, Moment, ObjectiveTerms
from vae_core.registry import Registry
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.vae import VAE


class Objective(nn.Module, ABC):
    """What training minimises. Holds its own settings, and (FactorVAE) an adversary that learns beside the model.

    options: the fields of TrainingSettings that it takes, besides those of the optimizer and the corruption.
    posterior: that of the models it trains. adversary_betas: Adam's, for its own parameters.
    """

    options: ClassVar[frozenset[str]] = frozenset()
    posterior: ClassVar[Literal["normal", "point"]] = "normal"
    adversary_betas: ClassVar[tuple[float, float]] = (0.9, 0.999)

    def __init__(self, model: ModelSettings, training: TrainingSettings) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, vae: VAE, batch: Batch, source: RandomSource, moment: Moment) -> ObjectiveTerms:
        """The terms of one step. Raises ValueError where it cannot judge the batch."""

    def adversary_loss(self, latents: Tensor, source: RandomSource, moment: Moment) -> Tensor | None:
        """What the objective's own parameters minimise, a scalar, from ``ObjectiveTerms.latents``; None without any."""
        return None


OBJECTIVES: Registry[type[Objective]] = Registry("objective")
OPTIONS = (
    "beta",
    "warmup",
    "cycles",
    "free_bits",
    "capacity",
    "samples",
    "sampled_kl",
    "penalty",
    "estimator",
)  # the fields of TrainingSettings of which each objective takes its own


def options_of(objective: str) -> tuple[str, ...]:
    """The fields of TrainingSettings that an objective takes. Raises ValueError when it is unknown."""
    return tuple(option for option in OPTIONS if option in OBJECTIVES[objective].options)


def check_objective(model: ModelSettings, training: TrainingSettings) -> None:
    """Raises ValueError when the objective is unknown, is for models of another posterior, does not take an option
    that is set to something else than its default, or counts free bits under a prior other than normal.
    """
    name, takes = training.objective, options_of(training.objective)
    wanted = OBJECTIVES[name].posterior
    if model.posterior != wanted:
        way_out = "autoencoder, or the posterior normal" if wanted == "normal" else "elbo, or the posterior point"
        raise ValueError(
            f"The model's posterior is {model.posterior}; the objective {name} needs {wanted}. Choose the objective"
            f" {way_out}."
        )
    for option in OPTIONS:
        value, default = getattr(training, option), TrainingSettings.model_fields[option].default
        if value != default and option not in takes:
            raise ValueError(
                f"{option} is {value}; the objective {name} takes {', '.join(takes) or 'no option of its own'}."
                f" Leave it at {default}, or choose another objective."
            )
    if training.free_bits and model.prior != "normal":
        raise ValueError(
            f"free_bits is {training.free_bits} and the prior is {model.prior}; free bits are counted per dimension,"
            " so the prior's dimensions must be independent. Choose the prior normal, or leave free_bits at 0."
        )


def build_objective(model: ModelSettings, training: TrainingSettings) -> Objective:
    """The objective that the settings name. Raises ValueError as `check_objective`."""
    check_objective(model, training)
    return OBJECTIVES[training.objective](model, training)
