"""What is wrong with the form as a whole, named by its fields; and what it asks for when nothing is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from jobs import RunRequest
from ui.train_form.fields import Field, fields
from ui.train_form.names import name_problem
from vae_core.data import DATA_SETS, DataOutline, drawn_counts
from vae_core.networks import default_hidden
from vae_core.objectives import OBJECTIVES, check_objective
from vae_core.settings import MOST_CLASSES, ModelSettings, TrainingSettings
from vae_core.vae import check_parts

WIDTHS = re.compile(r"\s*[1-9][0-9]{0,3}\s*(,\s*[1-9][0-9]{0,3}\s*){0,7}")
NAMED = ("network", "latent_dim", "likelihood", "epochs", "batch_size", "learning_rate", "seed")  # of RunRequest


@dataclass(frozen=True)
class Checked:
    """values: what the settings are, by name; problems: a sentence for each field at fault, by its name."""

    values: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)


def checked(raw: Mapping[str, Any], data: DataOutline) -> Checked:
    """The values of the fields that count, and what is wrong with them alone and together."""
    values, problems = {}, {}
    for name, each in fields().items():
        if not each.shown(raw):
            continue
        problem = _problem(each, raw[name])
        if problem:
            problems[name] = problem
        else:
            values[name] = _value(each, raw[name])
    if not problems:
        problems |= _together(values, data)
    return Checked(values, problems)


def request_of(name: str, data: DataOutline, found: Checked) -> RunRequest:
    """The run that these values ask for: what is at its default is left out of the command."""
    options = {
        option: _as_option(value)
        for option, value in found.values.items()
        if option not in NAMED and value != fields()[option].default
    }
    if drawn_counts(data.name) and data.count != DATA_SETS[data.name].count:
        options["data_count"] = str(data.count)
    return RunRequest(name, data.name, **{each: found.values[each] for each in NAMED}, options=options)


def run_name_problem(name: str) -> str | None:
    """What is wrong with a run's name, as a sentence."""
    return name_problem(name)


def _problem(each: Field, raw: Any) -> str | None:
    if each.kind == "number":
        return each.rule.problem(str(raw))
    if each.name == "hidden" and raw.strip() and not WIDTHS.fullmatch(raw):
        return (
            f"{each.label} is “{raw[:60]}”; it must be 1 to 8 whole numbers up to 4096 with commas between them. Type "
            "them, such as 256,128, or leave it empty."
        )
    if each.kind == "choice" and raw not in each.choices():
        return f"{each.label} is “{raw}”; it must be one of {', '.join(each.choices())}. Choose one of them."
    return None


def _value(each: Field, raw: Any) -> Any:
    if each.kind == "number":
        return each.rule.read(raw)
    return re.sub(r"\s", "", raw) if each.name == "hidden" else raw


def _together(values: dict[str, Any], data: DataOutline) -> dict[str, str]:
    """What is wrong with values that are each fine, by the field that is to be changed."""
    if values["conditional"] and not data.labelled:
        return {
            "conditional": f"Conditional on the labels is on; {data.name} has no labels. Switch it off, or choose data "
            "with labels (sub-folders of pictures are labels)."
        }
    if values.get("schedule") == "exponential" and not values.get("final_learning_rate"):
        return {
            "final_learning_rate": "Final learning rate is 0; an exponential schedule never reaches 0. Type one, such "
            "as 0.00001, or choose another schedule."
        }
    try:
        model, training = settings_of(values, data)
        check_parts(model)
    except ValidationError as error:
        fault = error.errors()[0]
        where = str(fault["loc"][0]) if fault["loc"] else "network"
        return {where if where in fields() else "network": f"{_label(where)}: {fault['msg']}. Choose another value."}
    except ValueError as problem:
        return {"likelihood": _sentence(problem)}
    try:
        check_objective(model, training)
    except ValueError as problem:
        return {"objective": _sentence(problem)}
    return {}


def settings_of(values: Mapping[str, Any], data: DataOutline) -> tuple[ModelSettings, TrainingSettings]:
    """The settings that the command line will make of these values. Raises ValidationError."""
    hidden = values["hidden"]
    widths = tuple(map(int, hidden.split(","))) if hidden else default_hidden(values["network"], data.shape)
    model = {name: value for name, value in values.items() if name in ModelSettings.model_fields}
    training = {name: value for name, value in values.items() if name in TrainingSettings.model_fields}
    posterior = OBJECTIVES[values["objective"]].posterior
    classes = min(2, MOST_CLASSES) if values["conditional"] else 0
    own = {"hidden": widths, "image_shape": data.shape, "classes": classes, "posterior": posterior}
    return ModelSettings(**(model | own)), TrainingSettings(**training)


def _label(name: str) -> str:
    return fields()[name].label if name in fields() else name.replace("_", " ")


def _as_option(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(problem: Exception) -> str:
    text = str(problem)
    for name, each in fields().items():
        if "_" in name:
            text = text.replace(name, each.label)
    return text[:1].upper() + text[1:]
