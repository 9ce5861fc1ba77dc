"""The options of `train` that become settings, and how a command takes them all as one argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer

from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import ACTIVATIONS, NETWORKS
from vae_core.objectives import OBJECTIVES, options_of
from vae_core.priors import PRIORS
from vae_core.settings import ModelSettings, TrainingSettings

BATCH_SIZE, LEARNING_RATE, PATIENCE, LATENT_DIM = 128, 1e-3, 30, 2
MODEL, OBJECTIVE, OPTIMIZER = "Model", "Objective", "Optimizer"
FLAGS = {"learning_rate": "--lr", "final_learning_rate": "--final-lr", "classes": "--conditional"}


def flag_of(field: str) -> str:
    """How a field of the settings is called on the command line."""
    return FLAGS.get(field, f"--{field.replace('_', '-')}")


def _option(panel: str, field: str, words: str, default: str = "") -> Any:
    """An option for a field of the settings, named after it; the default from the settings unless it is given."""
    known = {**ModelSettings.model_fields, **TrainingSettings.model_fields}
    stands_for = default or f"{known[field].default}"
    return typer.Option(flag_of(field), help=f"{words} (default: {stands_for})", rich_help_panel=panel)


def _switch(panel: str, field: str, words: str) -> Any:
    flag = flag_of(field)
    return typer.Option(f"{flag}/--no-{flag[2:]}", help=f"{words} (default: off)", rich_help_panel=panel)


def _of_objectives(field: str, words: str) -> Any:
    """An option that not every objective takes; says which do."""
    takers = ", ".join(name for name in OBJECTIVES if field in options_of(name))
    make = _switch if field == "sampled_kl" else _option
    return make(OBJECTIVE, field, f"{words} For {takers}.")


@dataclass(frozen=True)
class Choices:
    """The options as given, named as the fields of ModelSettings and TrainingSettings; None where one was left out.

    hidden is the text, not the numbers. conditional: whether the labels of the data condition the model.
    """

    network: Annotated[str | None, _option(MODEL, "network", f"One of {', '.join(NETWORKS)}.", "mlp")] = None
    hidden: Annotated[
        str | None,
        _option(MODEL, "hidden", "Layer widths (mlp) or channels (conv), such as 256,128.", "by network and size"),
    ] = None
    activation: Annotated[
        str | None, _option(MODEL, "activation", f"Between the layers: {', '.join(ACTIVATIONS)}.")
    ] = None
    latent_dim: Annotated[
        int | None,
        _option(MODEL, "latent_dim", "Size of the latent space, 1 to 512; 2 gives a map.", str(LATENT_DIM)),
    ] = None
    likelihood: Annotated[
        str | None,
        _option(
            MODEL,
            "likelihood",
            f"One of {', '.join(LIKELIHOODS)}. bernoulli draws pixels as black or white at every step; gaussian learns"
            " one sigma.",
            "the one that suits the data",
        ),
    ] = None
    sigma: Annotated[float | None, _option(MODEL, "sigma", "Spread of the gaussian-fixed likelihood.")] = None
    levels: Annotated[int | None, _option(MODEL, "levels", "Grey levels of the categorical likelihood.")] = None
    dequantise: Annotated[
        bool | None,
        _switch(MODEL, "dequantise", "Noise of one grey level on the pixels, so that a density bounds a likelihood."),
    ] = None
    prior: Annotated[str | None, _option(MODEL, "prior", f"One of {', '.join(PRIORS)}.")] = None
    prior_components: Annotated[
        int | None, _option(MODEL, "prior_components", "Components of a prior that is a mixture.")
    ] = None
    conditional: Annotated[
        bool | None, _switch(MODEL, "classes", "Give the labels of the data to encoder and decoder.")
    ] = None

    objective: Annotated[
        str | None,
        _option(OBJECTIVE, "objective", f"What to train by: {', '.join(OBJECTIVES)}; see docs/objectives.md."),
    ] = None
    beta: Annotated[float | None, _of_objectives("beta", "Weight of the KL, or of the total correlation.")] = None
    warmup: Annotated[
        float | None,
        _of_objectives("warmup", "Share of the run, 0 to 1, over which the KL's weight (or capacity) rises from 0."),
    ] = None
    cycles: Annotated[
        int | None, _of_objectives("cycles", "How often that weight rises anew (cyclical annealing).")
    ] = None
    free_bits: Annotated[float | None, _of_objectives("free_bits", "Nats per latent dimension that cost nothing.")] = (
        None
    )
    capacity: Annotated[float | None, _of_objectives("capacity", "Nats that the KL is drawn to at the end.")] = None
    samples: Annotated[int | None, _of_objectives("samples", "Draws of z per image.")] = None
    sampled_kl: Annotated[
        bool | None, _of_objectives("sampled_kl", "The KL from the draws in place of the closed form.")
    ] = None
    penalty: Annotated[
        float | None, _of_objectives("penalty", "Weight of the objective's own term (gamma, lambda).")
    ] = None
    estimator: Annotated[
        str | None, _of_objectives("estimator", "Of the total correlation: weighted or stratified.")
    ] = None
    corruption: Annotated[
        str | None,
        _option(
            OBJECTIVE, "corruption", "What the encoder's images are spoilt by: none, gaussian, salt-and-pepper, mask."
        ),
    ] = None
    corruption_strength: Annotated[
        float | None,
        _option(OBJECTIVE, "corruption_strength", "Spread of the gaussian noise, or share of spoilt pixels."),
    ] = None

    epochs: Annotated[
        int | None,
        _option(OPTIMIZER, "epochs", "Passes over the training images.", "about 1.5 million images, 20 to 500 passes"),
    ] = None
    batch_size: Annotated[int | None, _option(OPTIMIZER, "batch_size", "Images per step.", str(BATCH_SIZE))] = None
    optimizer: Annotated[
        str | None,
        _option(OPTIMIZER, "optimizer", "adam, or muon: fewer steps to the same loss, each of which costs more."),
    ] = None
    learning_rate: Annotated[
        float | None, _option(OPTIMIZER, "learning_rate", "The optimizer's learning rate.", f"{LEARNING_RATE:g}")
    ] = None
    schedule: Annotated[
        str | None,
        _option(OPTIMIZER, "schedule", "Of the learning rate: constant, linear, cosine, exponential or burda."),
    ] = None
    final_learning_rate: Annotated[
        float | None, _option(OPTIMIZER, "final_learning_rate", "Where linear, cosine and exponential end.")
    ] = None
    adam_epsilon: Annotated[float | None, _option(OPTIMIZER, "adam_epsilon", "Adam's epsilon.")] = None
    clip_norm: Annotated[
        float | None, _option(OPTIMIZER, "clip_norm", "Longest gradient; a longer one is shortened; 0 for none.")
    ] = None
    ema: Annotated[
        float | None, _option(OPTIMIZER, "ema", "Decay of the running average of the weights that is kept; 0 for none.")
    ] = None
    precision: Annotated[
        str | None, _option(OPTIMIZER, "precision", "float32, bf16, or auto: bf16 where the processor has it.")
    ] = None
    patience: Annotated[
        int | None,
        _option(OPTIMIZER, "patience", "Stop after so many epochs without a better validation loss.", str(PATIENCE)),
    ] = None
    seed: Annotated[int | None, _option(OPTIMIZER, "seed", "Repeats weights, order and noise on one machine.")] = None


def takes_choices(command: Callable[..., None]) -> Callable[..., None]:
    """The command with one option per field of Choices where it has the parameter ``given: Choices``."""
    annotations = get_type_hints(Choices, include_extras=True)
    names = [field.name for field in fields(Choices)]
    options = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotations[name]) for name in names]
    shape = signature(command, eval_str=True)
    parameters: list[Parameter] = []
    for name, parameter in shape.parameters.items():
        parameters += options if name == "given" else [parameter.replace(kind=Parameter.KEYWORD_ONLY)]

    @wraps(command)
    def collected(**arguments: Any) -> None:
        given = Choices(**{name: arguments.pop(name) for name in names})
        command(given=given, **arguments)

    collected.__signature__ = shape.replace(parameters=parameters)
    return collected
