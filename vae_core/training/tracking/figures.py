"""The lines of metrics.jsonl, settings and scores as what trackers take: named numbers at a step, and flat tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from vae_core.settings import Config

STEP, EPOCH, CHANGE = "step", "epoch", "change"
ORDER = (STEP, EPOCH, CHANGE)  # of lines that belong to the same step
NO_SCORES = {"seed"}


@dataclass(frozen=True)
class Figures:
    """Numbers by name at a step of the optimizer, from 1 over the whole run; place: where they stand in order."""

    step: int
    place: tuple[int, int]
    values: dict[str, float]


def steps_per_epoch(config: Config) -> int:
    """How many batches an epoch has."""
    return math.ceil(config.data.n_train / config.training.batch_size)


def figures_of(line: dict[str, Any], steps: int) -> Figures:
    """One line of metrics.jsonl; epochs have so many steps each, and count as their last one.

    Names begin with step/, epoch/ or change/; a list has one name per entry, with its number, and what is null none.
    """
    kind = line.get("kind", EPOCH)
    step = line["epoch"] * steps if kind == EPOCH else line["step"]
    values = {name: value for name, value in line.items() if name not in ("kind", "step", "epoch")}
    return Figures(step, (step, ORDER.index(kind)), _numbers(kind, values))


def settings_of(config: Config) -> dict[str, str | int | float | bool]:
    """All settings by name, such as training.learning_rate; lists as words."""
    return {
        f"{part}.{name}": value if isinstance(value, bool | int | float | str) else _words(value)
        for part in ("model", "data", "training")
        for name, value in getattr(config, part).model_dump().items()
    }


def scores_of(evaluation: dict[str, Any]) -> dict[str, float]:
    """Every number of evaluation.json by name, such as score/probe/linear; what is null has none."""
    return _numbers("score", {name: value for name, value in evaluation.items() if name not in NO_SCORES})


def _numbers(name: str, value: Any) -> dict[str, float]:
    if isinstance(value, dict):
        return {
            key: number for part, inner in value.items() for key, number in _numbers(f"{name}/{part}", inner).items()
        }
    if isinstance(value, list | tuple):
        width = len(str(len(value) - 1))
        return _numbers(name, {f"{place:0{width}d}": inner for place, inner in enumerate(value)})
    return {name: float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else {}


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
