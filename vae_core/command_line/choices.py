"""Settings from the options that a person gave, from the run that is resumed, and from defaults, in this order."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from vae_core.data import DATA_SETS, ImageSet
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS, default_hidden
from vae_core.objectives import OBJECTIVES
from vae_core.priors import PRIORS
from vae_core.registry import Registry
from vae_core.settings import Config, ModelSettings, Settings, TrainingSettings
from vae_core.training import TrainingError

IMAGES_TO_SEE = 1_500_000
FEWEST_EPOCHS, MOST_EPOCHS = 20, 500
BATCH_SIZE, LEARNING_RATE, PATIENCE, LATENT_DIM = 128, 1e-3, 30, 2
OPTION_OF = {"learning_rate": "--lr"}


@dataclass(frozen=True)
class Choices:
    """The options of `train` as given; None where the person left one out."""

    network: str | None = None
    hidden: str | None = None
    latent_dim: int | None = None
    likelihood: str | None = None
    objective: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    seed: int | None = None
    patience: int | None = None


def default_epochs(n_train: int) -> int:
    """As many epochs as show about 1.5 million images, but 20 at least and 500 at most."""
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(IMAGES_TO_SEE / n_train)))


def default_likelihood(data: str) -> str:
    """The likelihood that suits a data set; Gaussian for data of one's own."""
    return DATA_SETS[data].likelihood if data in DATA_SETS else "gaussian"


def model_settings(choices: Choices, images: ImageSet, earlier: Config | None) -> ModelSettings:
    """The model to train. Raises TrainingError for a value outside its range."""
    before = earlier.model if earlier else None
    network = _first(choices.network, before and before.network, "mlp")
    settings = _checked(
        ModelSettings,
        network=network,
        image_shape=images.image_shape,
        latent_dim=_first(choices.latent_dim, before and before.latent_dim, LATENT_DIM),
        likelihood=_first(choices.likelihood, before and before.likelihood, default_likelihood(images.name)),
        hidden=_first(_widths(choices.hidden), before and before.hidden, _hidden_of(network, images.image_shape)),
    )
    _check_known(settings, network=NETWORKS, likelihood=LIKELIHOODS, prior=PRIORS)
    return settings


def training_settings(choices: Choices, images: ImageSet, earlier: Config | None) -> TrainingSettings:
    """How to train. Raises TrainingError for a value outside its range."""
    before = earlier.training if earlier else None
    settings = _checked(
        TrainingSettings,
        objective=_first(choices.objective, before and before.objective, "elbo"),
        epochs=_first(choices.epochs, before and before.epochs, default_epochs(len(images.train))),
        batch_size=_first(choices.batch_size, before and before.batch_size, BATCH_SIZE),
        learning_rate=_first(choices.learning_rate, before and before.learning_rate, LEARNING_RATE),
        seed=_first(choices.seed, before and before.seed, 0),
        patience=_first(choices.patience, before and before.patience, PATIENCE),
    )
    _check_known(settings, objective=OBJECTIVES)
    return settings


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


def _first(*values):
    return next((value for value in values if value is not None), None)


def _checked(kind: type, **fields):
    try:
        return kind(**fields)
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0])
        option = OPTION_OF.get(name, f"--{name.replace('_', '-')}")
        raise TrainingError(
            f"{option} is {fields[name]}; {fault['msg'][0].lower()}{fault['msg'][1:]}. Choose another value."
        ) from None
