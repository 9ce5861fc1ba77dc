"""The fields of the form: one for each setting of a run, with its bounds or choices and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ui.train_form.number_fields import NumberRule, number_text
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import ACTIVATIONS, NETWORKS
from vae_core.objectives import OBJECTIVES, options_of
from vae_core.priors import PRIORS
from vae_core.settings import ModelSettings, TrainingSettings

Values = Mapping[str, Any]
Part = Literal["first", "model", "objective", "denoising", "optimizer"]
Kind = Literal["number", "choice", "switch", "text"]


@dataclass(frozen=True)
class Field:
    """name: of the setting. words: what it is. choices or rule: by its kind. shown: whether it counts now."""

    name: str
    part: Part
    label: str
    words: str
    kind: Kind = "number"
    rule: NumberRule | None = None
    choices: Callable[[], list[str]] = list
    shown: Callable[[Values], bool] = lambda values: True

    @property
    def default(self) -> Any:
        """The value that the settings have where none is given."""
        known = {**ModelSettings.model_fields, **TrainingSettings.model_fields}
        if self.name in known and not known[self.name].is_required():
            return known[self.name].default
        own = {"network": "mlp", "likelihood": "gaussian", "hidden": "", "conditional": False, "patience": 30}
        return own.get(self.name, self.rule and self.rule.example)

    def text(self, value: Any) -> Any:
        """A value as the field's widget holds it."""
        return number_text(value) if self.kind == "number" else value


def _number(name: str, part: Part, label: str, low: float, high: float, example: float, words: str, **more) -> Field:
    return Field(name, part, label, words, rule=NumberRule(label, low, high, example), **more)


def _choice(name: str, part: Part, label: str, words: str, choices: Callable[[], list[str]], **more) -> Field:
    return Field(name, part, label, words, "choice", choices=choices, **more)


def _of_objective(option: str) -> Callable[[Values], bool]:
    return lambda values: option in options_of(values["objective"])


def _taken(field: str) -> Callable[[], list[str]]:
    """The words that a setting of few choices takes."""
    known = {**ModelSettings.model_fields, **TrainingSettings.model_fields}
    return lambda: list(known[field].annotation.__args__)


DENSITIES = ("gaussian", "gaussian-fixed", "gaussian-optimal", "continuous-bernoulli")
FALLING = ("linear", "cosine", "exponential")


def _networks() -> list[str]:
    """All of them, the plainest first."""
    return sorted(NETWORKS, key=lambda name: name != "mlp")


@cache
def fields() -> dict[str, Field]:
    """All fields by name, in the order of the form."""
    return {field.name: field for field in (*_first(), *_model(), *_objective(), *_denoising(), *_optimizer())}


def _first() -> list[Field]:
    return [
        _number(
            "latent_dim", "first", "Size", 1, 512, 2,
            "Latent dimensions: two give a map that can be looked at whole; more keep more detail.",
        ),
        _number(
            "epochs", "first", "Length", 1, 2_000, 200,
            "Epochs: passes over the training images. The run ends earlier when the validation loss stays the same.",
        ),
    ]  # fmt: skip


def _model() -> list[Field]:
    return [
        _choice("network", "model", "Network", "How encoder and decoder are built.", _networks),
        _choice("likelihood", "model", "Likelihood", "How a reconstruction is judged.", lambda: list(LIKELIHOODS)),
        _number(
            "sigma", "model", "Spread σ", 0.001, 10.0, 0.1, "Of the Gaussian with a fixed σ; pixels lie in 0 to 1.",
            shown=lambda values: values["likelihood"] == "gaussian-fixed",
        ),
        _number(
            "levels", "model", "Grey levels", 2, 256, 256, "How many classes a pixel has.",
            shown=lambda values: values["likelihood"] == "categorical",
        ),
        Field(
            "dequantise", "model", "Dequantise",
            "Noise of one grey level on the pixels, so that a density bounds a likelihood.", "switch",
            shown=lambda values: values["likelihood"] in DENSITIES,
        ),
        _choice("prior", "model", "Prior", "What the latents are drawn to.", lambda: list(PRIORS)),
        _number(
            "prior_components", "model", "Components", 1, 2000, 10, "How many Gaussians the prior is made of.",
            shown=lambda values: values["prior"] != "normal",
        ),
        Field(
            "conditional", "model", "Conditional on the labels",
            "The label is given to encoder and decoder, so that a picture of any class can be asked for.", "switch",
        ),
        Field(
            "hidden", "model", "Layers",
            "Layer widths or channels with commas between them, such as 256,128; empty: what suits network and size.",
            "text",
        ),
        _choice("activation", "model", "Activation", "Between the layers.", lambda: list(ACTIVATIONS)),
    ]  # fmt: skip


def _objective() -> list[Field]:
    return [
        _choice("objective", "objective", "Objective", "What training minimises.", lambda: list(OBJECTIVES)),
        _number(
            "beta", "objective", "β", 0.0, 1_000.0, 1.0, "Weight of the KL, or of the total correlation.",
            shown=_of_objective("beta"),
        ),
        _number(
            "capacity", "objective", "Capacity", 0.0, 1_000.0, 25.0, "Nats that the KL is drawn to at the end.",
            shown=_of_objective("capacity"),
        ),
        _number(
            "penalty", "objective", "Weight of its own term", 0.0, 100_000.0, 10.0, "γ or λ of the paper.",
            shown=_of_objective("penalty"),
        ),
        _number(
            "samples", "objective", "Draws per image", 1, 1_000, 1, "More make a tighter bound; each takes its time.",
            shown=_of_objective("samples"),
        ),
        _number(
            "warmup", "objective", "Warm-up", 0.0, 1.0, 0.0,
            "Share of the run, 0 to 1, over which the KL's weight rises from 0: helps dimensions to wake.",
            shown=_of_objective("warmup"),
        ),
        _number(
            "cycles", "objective", "Cycles", 1, 100, 1, "How often that weight rises anew (cyclical annealing).",
            shown=_of_objective("cycles"),
        ),
        _number(
            "free_bits", "objective", "Free bits", 0.0, 100.0, 0.0, "Nats per dimension that cost nothing.",
            shown=_of_objective("free_bits"),
        ),
        _choice(
            "estimator", "objective", "Estimator", "Of the total correlation.", _taken("estimator"),
            shown=_of_objective("estimator"),
        ),
        Field(
            "sampled_kl", "objective", "KL from the draws", "In place of the closed form.", "switch",
            shown=_of_objective("sampled_kl"),
        ),
    ]  # fmt: skip


def _denoising() -> list[Field]:
    return [
        _choice("corruption", "objective", "Corruption", "What the images are spoilt by.", _taken("corruption")),
        _number(
            "corruption_strength", "objective", "Strength", 0.0, 1.0, 0.3,
            "Spread of the noise, or the share of spoilt pixels.",
            shown=lambda values: values["corruption"] != "none",
        ),
    ]  # fmt: skip


def _optimizer() -> list[Field]:
    return [
        _choice("optimizer", "optimizer", "Optimizer", "How the weights are moved.", _taken("optimizer")),
        _choice("schedule", "optimizer", "Schedule", "How the learning rate changes.", _taken("schedule")),
        _number(
            "learning_rate", "optimizer", "Learning rate", 1e-5, 1e-1, 1e-3,
            "How far the weights move at each step: too high and the loss jumps about, too low and it hardly falls.",
        ),
        _number(
            "final_learning_rate", "optimizer", "Final learning rate", 0.0, 1e-1, 0.0, "Where the schedule ends.",
            shown=lambda values: values["schedule"] in FALLING,
        ),
        _number(
            "batch_size", "optimizer", "Batch size", 1, 4_096, 64,
            "So many images are seen before the weights change once; more make steadier, fewer steps in an epoch.",
        ),
        _number(
            "seed", "optimizer", "Seed", 0, 2**31 - 1, 0,
            "The number from which all chance of the run is drawn: the same seed on the same machine gives the same"
            " model.",
        ),
        _number(
            "patience", "optimizer", "Patience", 1, 10_000, 30,
            "The run ends after so many epochs without a better validation loss.",
        ),
        _number(
            "clip_norm", "optimizer", "Longest gradient", 0.0, 1e6, 0.0, "A longer one is shortened; 0 for none.",
        ),
        _number(
            "ema", "optimizer", "Running average", 0.0, 0.99999, 0.0,
            "Decay of the running average of the weights, which is kept in their place; 0 for none.",
        ),
        _number("adam_epsilon", "optimizer", "Adam's ε", 1e-10, 1.0, 1e-8, "Added under the root of Adam's step."),
        _choice("precision", "optimizer", "Precision", "How exactly numbers are kept.", _taken("precision")),
    ]  # fmt: skip
