"""Settings from the options that a person gave, from the run that is resumed, and from defaults, in this order."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from vae_core.command_line.options import BATCH_SIZE, LATENT_DIM, LEARNING_RATE, PATIENCE, Choices, flag_of
from vae_core.data import DATA_SETS, ImageSet
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS, default_hidden
from vae_core.objectives import OBJECTIVES, OPTIONS, check_objective, options_of
from vae_core.priors import PRIORS
from vae_core.registry import Registry
from vae_core.settings import Config, ModelSettings, Settings, TrainingSettings
from vae_core.training import TrainingError
from vae_core.vae import check_parts

IMAGES_TO_SEE = 1_500_000
FEWEST_EPOCHS, MOST_EPOCHS = 20, 500


def default_epochs(n_train: int) -> int:
    """As many epochs as show about 1.5 million images, but 20 at least and 500 at most."""
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(IMAGES_TO_SEE / n_train)))


def default_likelihood(data: str) -> str:
    """The likelihood that suits a data set; Gaussian for data of one's own."""
    return DATA_SETS[data].likelihood if data in DATA_SETS else "gaussian"


def settings_from(choices: Choices, images: ImageSet, earlier: Config | None) -> tuple[ModelSettings, TrainingSettings]:
    """The model to train, and how. Raises TrainingError for a value outside its range, a name that is not known, or
    an option that the objective does not take.
    """
    training = _training_settings(choices, images, earlier)
    model = _model_settings(choices, images, earlier, training.objective)
    try:
        check_parts(model)
        check_objective(model, training)
    except ValueError as error:
        raise TrainingError(str(error)) from None
    return model, training


def _model_settings(choices: Choices, images: ImageSet, earlier: Config | None, objective: str) -> ModelSettings:
    given = _given(choices, ModelSettings)
    if choices.hidden is not None:
        given["hidden"] = _widths(choices.hidden)
    if choices.conditional is not None:
        given["classes"] = _classes(images) if choices.conditional else 0
    if choices.objective is not None:
        given["posterior"] = OBJECTIVES[objective].posterior
    network = given.get("network", "mlp")
    defaults = {
        "network": network,
        "image_shape": images.image_shape,
        "latent_dim": LATENT_DIM,
        "likelihood": default_likelihood(images.name),
        "hidden": _hidden_of(network, images.image_shape),
    }
    before = earlier.model.model_dump() | {"image_shape": images.image_shape} if earlier else defaults
    settings = _checked(ModelSettings, before | given)
    _check_known(settings, network=NETWORKS, likelihood=LIKELIHOODS, prior=PRIORS)
    return settings


def _training_settings(choices: Choices, images: ImageSet, earlier: Config | None) -> TrainingSettings:
    defaults = {
        "epochs": default_epochs(len(images.train)),
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE,
        "patience": PATIENCE,
    }
    given = _given(choices, TrainingSettings)
    settings = _checked(TrainingSettings, (earlier.training.model_dump() if earlier else defaults) | given)
    _check_known(settings, objective=OBJECTIVES)
    _check_taken(given, settings.objective)
    return settings


def _given(choices: Choices, kind: type[Settings]) -> dict[str, Any]:
    """The fields of these settings that the person gave."""
    return {name: value for name, value in vars(choices).items() if value is not None and name in kind.model_fields}


def _check_taken(given: dict[str, Any], objective: str) -> None:
    takes = options_of(objective)
    for option in OPTIONS:
        if option in given and option not in takes:
            raise TrainingError(
                f"{flag_of(option)} was given; the objective {objective} takes"
                f" {', '.join(map(flag_of, takes)) or 'no option of its own'}."
                " Leave it out, or choose another objective."
            )


def _classes(images: ImageSet) -> int:
    if images.labels is None:
        raise TrainingError(
            f"--conditional was given; {images.name} has no labels. Leave it out, or choose data with labels."
        )
    return max(len(images.label_names), int(images.labels.max()) + 1)


def _check_known(settings: Settings, **registries: Registry) -> None:
    for field, registry in registries.items():
        name = getattr(settings, field)
        if name not in registry:
            raise TrainingError(f"--{field} is {name}; it must be one of {', '.join(registry)}. Choose another value.")


def _hidden_of(network: str, image_shape: tuple[int, int, int]) -> tuple[int, ...]:
    return default_hidden(network, image_shape) if network in NETWORKS else (1,)


def _widths(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise TrainingError(
            f"--hidden is {text!r}; it must be whole numbers with commas between them. For example 256,128."
        ) from None


def _checked(kind: type[Settings], fields: dict[str, Any]) -> Any:
    try:
        return kind(**fields)
    except ValidationError as error:
        fault = error.errors()[0]
        reason = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:  # of several fields together: the sentence names them
            raise TrainingError(f"{reason}.") from None
        name = str(fault["loc"][0])
        raise TrainingError(
            f"{flag_of(name)} is {fields[name]}; {reason[0].lower()}{reason[1:]}. Choose another value."
        ) from None
