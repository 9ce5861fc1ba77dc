"""What a request for a figure holds, checked. Each refusal gives the value, the rule and the way out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import store
from live.answers import Refused
from live.repairing import pixels_from

LARGEST = 1e4  # of a latent or a noise, to each side of 0


def only(content: dict[str, Any], known: set[str]) -> None:
    """Raises Refused for a field that the figure does not take."""
    unknown = sorted(set(content) - known)
    if unknown:
        raise Refused("bad-request", f"The field {unknown[0][:30]!r} is unknown; this figure takes {sorted(known)}.")


def image_of(content: dict[str, Any], model: store.LoadedModel, name: str = "image") -> np.ndarray:
    """Pixels uint8 (C, H, W) of the field, which holds them as base64. Raises Refused."""
    return pixels_from(content.get(name), model.image_shape, name)


def label_of(content: dict[str, Any], model: store.LoadedModel) -> int:
    """The class of a conditional model, from the field "label"; 0 for any other model. Raises Refused."""
    given = content.get("label")
    if given is not None and type(given) is not int:
        raise Refused("bad-label", f"The label is {str(given)[:30]}; it must be a whole number. Choose a class.")
    try:
        return store.checked_label(model, given)
    except store.NoStart as problem:
        raise Refused(problem.reason, str(problem)) from problem


def numbers_of(content: dict[str, Any], name: str, count: int) -> np.ndarray:
    """float32 (count,) of the field, a list of finite numbers within ±10,000. Raises Refused."""
    given = content.get(name)
    fits = isinstance(given, list) and len(given) == count and all(_is_number(value) for value in given)
    if not fits or not all(math.isfinite(value) and abs(value) <= LARGEST for value in given):
        raise Refused(
            "bad-shape", f"{name} is {str(given)[:60]}; it must be a list of {count} finite numbers within ±10,000."
        )
    return np.array(given, dtype=np.float32)


def whole_of(content: dict[str, Any], name: str, low: int, high: int, default: int | None = None) -> int:
    """The field as a whole number from low to high; `default` where it is left out. Raises Refused."""
    given = content.get(name, default)
    if type(given) is not int or not low <= given <= high:
        raise Refused("bad-request", f"{name} is {str(given)[:30]}; it must be a whole number from {low} to {high}.")
    return given


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
