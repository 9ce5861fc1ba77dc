"""What to train, in the words of the command line, and how a run's folder keeps it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from vae_core.checkpoint import write_atomic
from vae_core.settings import ModelSettings, TrainingSettings
from vae_core.training.folder import REQUEST
from vae_core.training.run_folder import run_folder

if TYPE_CHECKING:
    from typer.core import TyperOption

# field of the request -> command-line option
NAMED = {
    "data": "--data",
    "network": "--network",
    "latent_dim": "--latent-dim",
    "likelihood": "--likelihood",
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "learning_rate": "--lr",
    "seed": "--seed",
}
OF_THE_RUN = (
    "out",
    "resume",
    "snapshots",
    *NAMED,
)  # options that `options` may not hold: they have a place of their own
WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
CHECKED_APART = ("hidden", "conditional")


@dataclass(frozen=True)
class RunRequest:
    """What to train, in the words of the command line.

    options: further options of `train` by the name of their setting, each as text: {"objective": "beta-vae", "beta":
    "4", "dequantise": "true"}. snapshots: whether to keep a small copy of the model after each epoch. sweep: the
    name of the sweep that the run belongs to.
    """

    name: str
    data: str = "digits"
    network: str = "mlp"
    latent_dim: int = 2
    likelihood: str = "gaussian"
    epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 1e-3
    seed: int = 0
    options: dict[str, str] = field(default_factory=dict)
    snapshots: bool = True
    sweep: str = ""


@dataclass(frozen=True)
class KeptRequest:
    """What run/request.json holds: the words after `train`, what was asked for (None for a run that a shell started),
    the place in the queue, and when it was asked for, Unix time."""

    arguments: tuple[str, ...]
    request: RunRequest | None
    place: int
    asked: float


def run_command(request: RunRequest, folder: Path) -> list[str]:
    """The command line that trains what was asked for into the folder."""
    return [sys.executable, "-m", "vae_core", "train", *train_arguments(request, folder)]


def train_arguments(request: RunRequest, folder: Path) -> list[str]:
    """The words after `train`."""
    named = [text for name, flag in NAMED.items() for text in (flag, str(getattr(request, name)))]
    further = [text for name, value in request.options.items() for text in _words(name, value)]
    return [*named, *further, *(["--snapshots"] if request.snapshots else []), "--out", str(folder)]


def options_problem(request: RunRequest) -> str | None:
    """Why the settings of a request cannot be used, as a sentence; None when nothing is wrong with them by themselves.

    What depends on the images or on one another (a prior that the likelihood does not suit) the run itself says.
    """
    known = train_options()
    for name, text in request.options.items():
        if name not in known or name in OF_THE_RUN:
            return f"The option is {name!r}; a run takes {', '.join(sorted(set(known) - set(OF_THE_RUN)))}. Choose one."
        problem = _problem(known[name], name, text)
        if problem:
            return problem
    for name in set(NAMED) - {"data"}:
        problem = _settings_problem(NAMED[name], name, getattr(request, name))
        if problem:
            return problem
    return None


def write_request(folder: Path, kept: KeptRequest) -> None:
    """Write run/request.json, whole or not at all. Raises OSError as the file system does."""
    write_atomic(run_folder(folder) / REQUEST, json.dumps(asdict(kept), indent=1).encode())


def read_request(folder: Path) -> KeptRequest | None:
    """What run/request.json holds; None when it is not there or cannot be read."""
    try:
        return _kept_form().validate_json((run_folder(folder) / REQUEST).read_bytes())
    except (OSError, ValidationError):
        return None


@cache
def _kept_form() -> TypeAdapter[KeptRequest]:
    """Made once: it takes longer than reading a file, and pages read those of all runs again and again."""
    return TypeAdapter(KeptRequest)


@cache
def train_options() -> dict[str, TyperOption]:
    """The options of the command `train`, by the name of their setting."""
    from typer.main import get_command

    from vae_core.__main__ import app

    return {option.name: option for option in get_command(app).commands["train"].params}


def _words(name: str, text: str) -> list[str]:
    option = train_options()[name]
    if not option.is_flag:
        return [option.opts[0], text]
    if WORDS[text.lower()]:
        return [option.opts[0]]
    return option.secondary_opts[:1]


def _problem(option: TyperOption, name: str, text: Any) -> str | None:
    flag = option.opts[0]
    if not isinstance(text, str):
        return f"{flag} is {text!r}; the options of a request are texts. Put it in quotes."
    if option.is_flag:
        return None if text.lower() in WORDS else f"{flag} is {text!r}; it is on or off. Choose true or false."
    if name in CHECKED_APART:
        return _settings_problem(flag, name, text.split(","))
    return _settings_problem(flag, name, text) or _type_problem(option, text)


def _type_problem(option: TyperOption, text: str) -> str | None:
    """What is wrong with a number of the command line that is no setting of the model or its training."""
    kind = option.type_descriptor.annotation
    if kind not in (int, float):
        return None
    try:
        number = kind(text)
    except ValueError:
        number = None
    if number is not None and (option.min is None or number >= option.min):
        return None
    least = "" if option.min is None else f" of {option.min} or more"
    words = "a whole number" if kind is int else "a number"
    return f"{option.opts[0]} is {text!r}; it must be {words}{least}. Choose another value."


def _settings_problem(flag: str, name: str, value: Any) -> str | None:
    """What the settings say against the value of one of their fields; None for a name that is none of theirs."""
    known = {**ModelSettings.model_fields, **TrainingSettings.model_fields}
    if name not in known:
        return None
    try:
        setting = known[name]
        kind = Annotated[setting.annotation, *setting.metadata] if setting.metadata else setting.annotation
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        return f"{flag} is {value}; {fault[0].lower()}{fault[1:]}. Choose another."
    return None
