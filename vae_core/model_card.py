"""The model card: README.md of a checkpoint folder, written from what was measured and nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vae_core.checkpoint import write_atomic
from vae_core.further_figures import further_figures
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import network_words
from vae_core.objectives import OPTIONS
from vae_core.priors import PRIORS
from vae_core.settings import Config, ModelSettings, TrainingSettings

CARD = "README.md"
OF_MODELS = ("--out", "--initial-weights")  # options that take a checkpoint folder


def write_card(folder: Path, config: Config, evaluation: dict[str, Any]) -> None:
    """Write README.md of this checkpoint folder."""
    write_atomic(folder / CARD, model_card(config, evaluation).encode())


def model_card(config: Config, evaluation: dict[str, Any]) -> str:
    """The card as Markdown, from the settings and from what evaluation.json holds."""
    sections = [
        _heading(config),
        _figures(config, evaluation),
        _how_made(config, evaluation),
        _data(config),
        _licence(config),
    ]
    return "\n\n".join(sections) + "\n"


def public_command(arguments: list[str], folders: Sequence[Path] = ()) -> str:
    """The command line to show to others: folders of this machine become DATA_DIR and checkpoints/NAME.

    `folders` are the checkpoint folders among the arguments.
    """
    names = {folder.resolve(): f"checkpoints/{folder.resolve().name}" for folder in folders}
    shown: list[str] = []
    for argument in (_shown(argument, names) for argument in arguments):
        option, _, value = argument.partition("=")
        if value and option in ("--data-dir", *OF_MODELS):
            shown += [option, value]
        else:
            shown.append(argument)
    for place, option in enumerate(shown[:-1]):
        last = Path(shown[place + 1]).name
        if option == "--data-dir":
            shown[place + 1] = f"DATA_DIR/{last}"
        elif option in OF_MODELS:
            shown[place + 1] = f"checkpoints/{last}"
    return "python -m vae_core " + shlex.join(map(_without_place, shown))


def _shown(argument: str, names: dict[Path, str]) -> str:
    return argument if argument.startswith("-") else names.get(Path(argument).resolve(), argument)


def _without_place(argument: str) -> str:
    """The argument; of a folder of this machine, bare or behind an option's `=`, only its name."""
    option, equals, value = argument.partition("=") if argument.startswith("-") else ("", "", argument)
    if value.startswith("~") or Path(value).is_absolute():
        value = Path(value).name
    return option + equals + value


def _heading(config: Config) -> str:
    model = config.model
    channels, height, width = model.image_shape
    colours = "grey" if channels == 1 else "colour"
    widths = ", ".join(str(width) for width in model.hidden)
    kind = "A plain autoencoder" if model.posterior == "point" else "A variational autoencoder"
    condition = f", conditional on {_count(model.classes, 'class')}" if model.classes else ""
    return (
        f"# {config.name}\n\n"
        f"{kind} with {_count(model.latent_dim, 'latent dimension')} for {height}×{width} {colours} "
        f"images, trained on {config.data.name}{condition}.\n\n"
        f"- Network: {network_words(model.network)} ({model.network}), hidden {widths}\n"
        f"- Likelihood: {_likelihood(model)}\n"
        f"{_prior(model)}"
        f"- Objective: {_objective(config.training)}, in nats per image, summed over pixels"
    )


def _objective(training: TrainingSettings) -> str:
    """The objective with the options that are not at their defaults."""
    chosen = [
        f"{option.replace('_', ' ')} {getattr(training, option)}"
        for option in OPTIONS
        if getattr(training, option) != TrainingSettings.model_fields[option].default
    ]
    return training.objective + (f" ({', '.join(chosen)})" if chosen else "")


def _likelihood(model: ModelSettings) -> str:
    words = LIKELIHOODS[model.likelihood].words
    details = {"gaussian-fixed": f"; σ = {model.sigma:g}", "categorical": f"; {model.levels} levels"}
    return words + details.get(model.likelihood, "") + ("; pixels are dequantised" if model.dequantise else "")


def _prior(model: ModelSettings) -> str:
    if model.prior == "normal":
        return ""
    return f"- Prior: {PRIORS[model.prior].words}, {_count(model.prior_components, 'component')}\n"


def _figures(config: Config, evaluation: dict[str, Any]) -> str:
    no_elbo = evaluation.get("no_elbo")
    is_likelihood = evaluation.get("measure") != "none"
    how_kl = "closed form" if config.model.prior == "normal" else "one draw of z per image"
    rows = [
        ("−ELBO", _nats(evaluation["negative_elbo"]), no_elbo or "one draw of z per image"),
        (
            "reconstruction",
            _nats(evaluation["reconstruction"]),
            "−log p(x given z), the same draw" if is_likelihood else "cost of the picture, no likelihood",
        ),
        ("KL", _nats(evaluation["kl"]), "a point has none" if config.model.posterior == "point" else how_kl),
    ]
    if evaluation["importance_weighted_nll"] is not None:
        how = (
            f"{evaluation['importance_samples']:,} importance samples per image, "
            f"the first {evaluation['importance_images']:,} images"
        )
        rows.append(("−log p(x)", _nats(evaluation["importance_weighted_nll"]), how))
    if evaluation.get("bits_per_dimension") is not None:
        rows.append(("bits per dimension", f"{evaluation['bits_per_dimension']:.3f}", "of −ELBO, a bound"))
    lines = "\n".join(f"| {name} | {value} | {how} |" for name, value, how in rows)
    dimensions = len(evaluation["kl_per_dimension"])
    return (
        f"## Figures\n\nOn the {evaluation['split']} split ({evaluation['images']:,} images), "
        f"{evaluation['unit']}, lower is better; pixels: {evaluation['pixels']}; seed {evaluation['seed']}.\n\n"
        f"| figure | value | how |\n|---|---|---|\n{lines}\n\n"
        f"Active units: {evaluation['active_units']} of {dimensions} "
        "(the variance of the posterior mean over the images is above 0.01)."
        f"{_further(evaluation)}"
        f"{_density(evaluation.get('density'))}"
    )


def _density(density: dict[str, Any] | None) -> str:
    if density is None:
        return ""
    components = _count(density["components"], "component")
    return (
        f"\n\nDensity of the posterior means (`density.npz`): Gaussian mixture, {components}"
        f" by BIC, fitted to {density['rows']:,} images of the {density['fitted_to']} split. Mean log density of the"
        f" test split's means: {_nats(density['log_density'])} nats; under a standard normal"
        f" {_nats(density['log_density_standard_normal'])}."
    )


def _further(evaluation: dict[str, Any]) -> str:
    rows = further_figures(evaluation)
    lines = "\n".join(f"| {name} | {value} | {how} |" for name, value, how in rows)
    return f"\n\n| figure | value | how |\n|---|---|---|\n{lines}" if rows else ""


def _how_made(config: Config, evaluation: dict[str, Any]) -> str:
    commands = [evaluation["command"]]
    facts = evaluation.get("training")
    if facts is None:
        return f"## How it was made\n\n```\n{commands[0]}\n```"
    commands = list(dict.fromkeys([facts["command"], *commands]))
    kept = f"kept the weights of epoch {facts['best_epoch']}" if facts["best_epoch"] else "stopped inside the first"
    shown = "\n".join(command for command in commands if command) or "(called from Python)"
    note = "\n\n`DATA_DIR` is the folder that holds the data sets." if "DATA_DIR" in shown else ""
    return (
        f"## How it was made\n\n```\n{shown}\n```{note}\n\n"
        f"{_count(facts['epochs'], 'epoch')} in {facts['seconds']:,.0f} s "
        f"({facts['images_per_second']:,.0f} images/s in the last one), {kept}, "
        f"on {facts['machine']}. Trained on {config.created}.{_beginning(config.training)}"
        f"{_changes(facts.get('changes', ()))}"
    )


def _changes(changes: Sequence[dict[str, Any]]) -> str:
    """What was changed while the run went: the command alone does not make this model again."""
    names = {"learning_rate": "the learning rate", "beta": "β"}
    lines = [
        f"- after step {change['step']:,} (epoch {change['epoch']}): "
        + ", ".join(f"{words} {change[name]:g}" for name, words in names.items() if name in change)
        for change in changes
    ]
    return (
        "\n\nChanged while it trained; the command alone does not make this model again:\n\n" + "\n".join(lines)
        if lines
        else ""
    )


def _beginning(training: TrainingSettings) -> str:
    name, _, digits = training.initial_weights.partition("@")
    return f" It began with the weights of {name} (SHA-256 {digits}…)." if name else ""


def _data(config: Config) -> str:
    data = config.data
    return (
        f"## Data\n\n{data.name}: {data.source}. Licence of the data: {data.licence}.\n\n"
        f"Split (seed {data.split_seed}): {data.n_train:,} training, {data.n_validation:,} validation, "
        f"{data.n_test:,} test images.\n"
        f"SHA-256 of pixels and labels, in their order: `{data.fingerprint}`\n\n"
        "The folder holds weights, posterior means and scores of the test split; no pixels of the data."
    )


def _licence(config: Config) -> str:
    return "## Licence\n\nThe weights: MIT, like the project. The data keep their own licence, named above."


def _count(number: int, noun: str) -> str:
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"


def _nats(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
