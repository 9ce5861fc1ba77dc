"""A sweep asked for beside the form: the values of one or two settings, and a run for each of their pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Annotated, Any

import streamlit as st
from pydantic import TypeAdapter, ValidationError

import jobs
from jobs import RunRefused, RunRequest
from ui import state
from ui.errors import plain, quoted, show_problem
from ui.train_runs.differences import setting_name, setting_text
from vae_core.likelihoods import LIKELIHOODS
from vae_core.networks import NETWORKS
from vae_core.objectives import OBJECTIVES, options_of
from vae_core.settings import ModelSettings, TrainingSettings

MOST_RUNS = 25
LONGEST_BASE = 60  # characters of a name: room for a dash and a number
NUMBERS = ("learning_rate", "latent_dim", "batch_size", "epochs", "seed")
WORDS = {
    "network": tuple(NETWORKS),
    "likelihood": tuple(LIKELIHOODS),
    "activation": ("silu", "tanh", "relu", "elu"),
    "optimizer": ("adam", "muon"),
    "schedule": ("constant", "linear", "cosine"),
}
NAMED = {field.name for field in fields(RunRequest)}
FIELDS = {**ModelSettings.model_fields, **TrainingSettings.model_fields}
FACTORS = {"learning_rate": (0.3, 1, 3), "batch_size": (0.5, 1, 2), "latent_dim": (1, 2, 4), "epochs": (1, 2)}
EXPLAINED = (
    "A run for each pair of values, one after the other, as one entry of the queue; Runs shows them as a heat map."
)


class BadSweep(ValueError):
    """Values that make no sweep; the message says the value, the rule and the way out."""


@dataclass(frozen=True)
class Axis:
    """A setting by its name in vae_core.settings, and the texts of the values that it takes."""

    setting: str
    values: tuple[str, ...]


def offered(request: RunRequest) -> tuple[str, ...]:
    """The settings that a sweep over this request may vary: those that its objective takes among them."""
    objective = present(request, "objective")
    own = options_of(objective) if objective in OBJECTIVES else ()
    numbers = [name for name in own if FIELDS[name].annotation in (int, float)]
    return (*NUMBERS, *numbers, *WORDS)


def present(request: RunRequest, setting: str) -> Any:
    """What the request says of a setting: its own value, or the default."""
    if setting in NAMED:
        return getattr(request, setting)
    return request.options.get(setting, FIELDS[setting].default)


def read_values(setting: str, text: str) -> tuple[str, ...]:
    """The values in a text, separated by commas, each once, as the command line takes them.

    Raises BadSweep for a value that the setting cannot have.
    """
    adapter = TypeAdapter(Annotated[FIELDS[setting].annotation, *FIELDS[setting].metadata])
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(dict.fromkeys(_value(setting, adapter, part) for part in parts))


def _value(setting: str, adapter: TypeAdapter, text: str) -> str:
    try:
        return setting_text(adapter.validate_python(text))
    except ValidationError as problem:
        rule = problem.errors()[0]["msg"]
        raise BadSweep(
            f"{setting_name(setting).capitalize()} has the value {quoted(text)}: {rule[0].lower()}{rule[1:]}. Separate "
            "values by commas, such as 1, 2, 4."
        ) from problem


def example_values(request: RunRequest, setting: str) -> str:
    """Values about the present one to begin with."""
    now = present(request, setting)
    if setting in FACTORS:
        scaled = [type(now)(now * factor) for factor in FACTORS[setting]]
        return ", ".join(setting_text(float(f"{value:.2g}") if isinstance(value, float) else value) for value in scaled)
    steps = {"seed": "0, 1, 2", "beta": "1, 2, 4", "warmup": "0, 0.25, 0.5", "free_bits": "0, 0.1, 0.5"}
    return steps.get(setting, setting_text(now))


def sweep_requests(request: RunRequest, axes: Sequence[Axis]) -> tuple[RunRequest, ...]:
    """A request for each combination of values, named after the request's with a number; the sweep has its name.

    Raises BadSweep when there are fewer than 2 or more than 25, or one of the names cannot be had.
    """
    if len({axis.setting for axis in axes}) < len(axes):
        raise BadSweep("Both settings of the sweep are the same; choose another for one of them.")
    combinations = list(product(*(axis.values for axis in axes)))
    if not 2 <= len(combinations) <= MOST_RUNS:
        count = len(combinations)
        runs = f"{count} run{'' if count == 1 else 's'}"
        raise BadSweep(f"The sweep has {runs}; it may have 2 to {MOST_RUNS}. Type more values, or fewer.")
    names = [f"{request.name[:LONGEST_BASE]}-{number}" for number in range(1, len(combinations) + 1)]
    problem = next(filter(None, map(jobs.name_problem, names)), None)
    if problem:
        raise BadSweep(problem)
    return tuple(
        _with(request, name, dict(zip([axis.setting for axis in axes], values, strict=True)))
        for name, values in zip(names, combinations, strict=True)
    )


def _with(request: RunRequest, name: str, texts: dict[str, str]) -> RunRequest:
    own = {setting: type(getattr(request, setting))(text) for setting, text in texts.items() if setting in NAMED}
    options = {setting: text for setting, text in texts.items() if setting not in NAMED}
    return replace(request, name=name, sweep=request.name, **own, options={**request.options, **options})


def sweep_choices(request: RunRequest | None) -> tuple[RunRequest, ...] | None:
    """Draws the choice of a sweep; gives back its requests, () where none is asked for, None while a field is wrong."""
    with st.expander("Sweep: a grid over two settings", icon=":material/grid_on:", key=state.SWEEP):
        st.caption(EXPLAINED)
        if request is None:
            st.caption("Mend the form first.")
            return ()
        settings = offered(request)
        axes = [axis for axis in (_axis(request, settings, number) for number in (1, 2)) if axis is not None]
        if not axes:
            return ()
        try:
            requests = sweep_requests(request, [Axis(name, _values(name, text)) for name, text in axes])
        except BadSweep as problem:
            st.error(plain(str(problem)), icon=":material/error:")
            return None
        st.caption(f"{len(requests)} runs: {plain(requests[0].name)} to {plain(requests[-1].name)}.")
        return requests


def _axis(request: RunRequest, settings: Sequence[str], number: int) -> tuple[str, Any] | None:
    """A setting and what was typed or chosen for it; None where none is varied."""
    key = f"{state.SWEEP}_{number}"
    left, right = st.columns([0.42, 0.58])
    setting = left.selectbox(
        "First setting" if number == 1 else "Second setting",
        settings,
        index=None,
        format_func=lambda name: setting_name(name).capitalize(),
        placeholder="None",
        key=key,
    )
    if setting is None:
        return None
    if setting in WORDS:
        return setting, right.multiselect("Values", WORDS[setting], key=f"{key}_{setting}")
    return setting, right.text_input("Values", example_values(request, setting), key=f"{key}_{setting}")


def _values(setting: str, given: str | Iterable[str]) -> tuple[str, ...]:
    return read_values(setting, given) if isinstance(given, str) else tuple(given)


def start_sweep(requests: Sequence[RunRequest]) -> bool:
    """Starts all of them, the first at once and the others as their turn comes; says it where one is refused.

    Gives back whether any was started.
    """
    for started, request in enumerate(requests):
        try:
            jobs.start_run(request)
        except RunRefused as refusal:
            kept = f"{started} of {len(requests)} were started and go on." if started else "Nothing was written."
            show_problem("The sweep was not started whole", str(refusal), kept)
            return False
    return True
