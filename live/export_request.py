"""What a person wants to take away: the request's JSON, checked against the model."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from live.answers import Refused
from live.compute import LARGEST_LATENT
from store import LoadedModel

KINDS = ("png", "json", "python", "gif", "mp4", "sheet")
LAYOUTS = ("grid", "sequence")
SCALES = (1, 32)
FRAMES = (8, 240)
COLUMNS = (3, 60)
FPS = (1, 50)  # a GIF counts hundredths of a second, and browsers slow one down that is faster
LONGEST_NAME = 40
FIELDS = {
    *("what", "latent", "label", "scale", "smooth", "names"),
    *("dimensions", "low_high", "frames", "fps", "layout", "captions"),
}


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """A checked request. latent: float32 (D,). dimensions: of the traversal, R of 0 to D − 1; ranges: float32 (R, 2).

    label: the class of a conditional model, else None. frames: of a film for each dimension, or columns of a sheet.
    layout: how a film shows several dimensions, "grid" or "sequence". names: what a person calls some dimensions.
    """

    what: str
    latent: np.ndarray
    label: int | None
    scale: int
    smooth: bool
    dimensions: tuple[int, ...]
    ranges: np.ndarray
    frames: int
    fps: float
    layout: str
    captions: bool
    names: dict[int, str]


def read_request(content: bytes, model: LoadedModel) -> ExportRequest:
    """The request in a body. Raises Refused (400) with the value, the rule and the way out."""
    asked = _object(content)
    what = choice_in(asked, "what", KINDS, None)
    dimensions = _dimensions(asked.get("dimensions"), model.latent_dim)
    limits, default = (COLUMNS, 9) if what == "sheet" else (FRAMES, 48)
    return ExportRequest(
        what=what,
        latent=_latent(asked.get("latent"), model),
        label=label_in(asked.get("label"), model),
        scale=int(number_in(asked, "scale", SCALES, 4, whole=True)),
        smooth=switch_in(asked, "smooth", False),
        dimensions=dimensions,
        ranges=_ranges(asked.get("low_high"), dimensions, model),
        frames=int(number_in(asked, "frames", limits, default, whole=True)),
        fps=number_in(asked, "fps", FPS, 24, whole=False),
        layout=choice_in(asked, "layout", LAYOUTS, LAYOUTS[0]),
        captions=switch_in(asked, "captions", True),
        names=_names(asked.get("names"), model.latent_dim),
    )


def bad(message: str, reason: str = "bad-request") -> Refused:
    """The refusal (400) of a field that cannot be used."""
    return Refused(reason, message)


def _object(content: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(content)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise bad(
            'The request is no JSON in UTF-8. Send an object such as {"what": "png", "latent": [0, 0]}.'
        ) from None
    if not isinstance(asked, dict):
        raise bad(f"The request is {_shown(asked)}; it must be a JSON object.")
    unknown = sorted(set(asked) - FIELDS)
    if unknown:
        raise bad(f"The request has {_shown(unknown[0])}; it may have {', '.join(sorted(FIELDS))}. Leave it out.")
    return asked


def choice_in(asked: dict[str, Any], field: str, choices: tuple[str, ...], default: str | None) -> str:
    """A field that is one of some words; default None: it must be there. Raises Refused."""
    value = asked.get(field, default)
    if not isinstance(value, str) or value not in choices:
        raise bad(f"{field} is {_shown(value)}; it must be one of {', '.join(choices)}. Choose one of them.")
    return value


def switch_in(asked: dict[str, Any], field: str, default: bool) -> bool:
    """A field that is true or false. Raises Refused."""
    value = asked.get(field, default)
    if not isinstance(value, bool):
        raise bad(f"{field} is {_shown(value)}; it must be true or false.")
    return value


def number_in(asked: dict[str, Any], field: str, limits: tuple[int, int], default: float, whole: bool) -> float:
    """A field that is a number from the first of the limits to the second. Raises Refused."""
    value = asked.get(field, default)
    fits = isinstance(value, int) or (isinstance(value, float) and not whole)
    if isinstance(value, bool) or not fits or not limits[0] <= value <= limits[1]:
        kind = "a whole number" if whole else "a number"
        raise bad(f"{field} is {_shown(value)}; it must be {kind} from {limits[0]} to {limits[1]}. Choose another.")
    return value


def _latent(values: Any, model: LoadedModel) -> np.ndarray:
    if not isinstance(values, list) or len(values) != model.latent_dim:
        found = f"{len(values)} numbers" if isinstance(values, list) else _shown(values)
        raise bad(f"latent is {found}; {model.name} takes a list of {model.latent_dim} numbers.", "bad-shape")
    return np.array([_finite(value, "A latent") for value in values], dtype=np.float32)


def _finite(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad(f"{name} is {_shown(value)}; it must be a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise bad(f"{name} is NaN or infinite; all must be finite.", "not-finite")
    if abs(value) > LARGEST_LATENT:
        raise bad(
            f"{name} is {_shown(value)}; at most {LARGEST_LATENT:.0f} to each side of 0 are taken.", "out-of-range"
        )
    return float(value)


def label_in(label: Any, model: LoadedModel) -> int | None:
    """The class that a conditional model needs, None for any other. Raises Refused."""
    classes = model.config.model.classes
    if label is None and not classes:
        return None
    if label is None:
        raise bad(
            f"label is missing; {model.name} is conditional on {classes} classes. Send one of 0 to {classes - 1}.",
            "no-label",
        )
    if not classes:
        raise bad(f"label is {_shown(label)}; {model.name} is not conditional. Leave it out.", "bad-label")
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < classes:
        raise bad(
            f"label is {_shown(label)}; {model.name} knows the classes 0 to {classes - 1}. Choose one.", "bad-label"
        )
    return label


def _dimensions(chosen: Any, latent_dim: int) -> tuple[int, ...]:
    if chosen is None:
        return tuple(range(latent_dim))
    usable = isinstance(chosen, list) and chosen and all(_is_index(each, latent_dim) for each in chosen)
    if not usable or len(set(chosen)) < len(chosen):
        raise bad(
            f"dimensions is {_shown(chosen)}; it must be a list of different numbers from 0 to {latent_dim - 1},"
            " or null for all."
        )
    return tuple(chosen)


def _is_index(value: Any, latent_dim: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < latent_dim


def _ranges(pairs: Any, dimensions: tuple[int, ...], model: LoadedModel) -> np.ndarray:
    if pairs is None:
        return model.ranges[list(dimensions)]
    count = len(dimensions)
    if not isinstance(pairs, list) or len(pairs) != count or not all(_is_pair(pair) for pair in pairs):
        raise bad(
            f"low_high is {_shown(pairs)}; it must hold one [lowest, highest] for each of the {count} dimensions."
            " Leave it out for the model's own ranges."
        )
    ranges = np.array([[_finite(end, "An end of low_high") for end in pair] for pair in pairs], dtype=np.float32)
    if not (ranges[:, 0] < ranges[:, 1]).all():
        low, high = ranges[(ranges[:, 0] >= ranges[:, 1]).argmax()]
        raise bad(f"low_high holds [{low:g}, {high:g}]; the lowest must be below the highest. Swap or widen them.")
    return ranges


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2


def _names(names: Any, latent_dim: int) -> dict[int, str]:
    if names is None:
        return {}
    if not isinstance(names, dict):
        raise bad(f'names is {_shown(names)}; it must be an object such as {{"3": "slant"}}.')
    known = {str(index): index for index in range(latent_dim)}
    for key, name in names.items():
        if key not in known:
            raise bad(f"names has {_shown(key)}; its keys are dimensions from 0 to {latent_dim - 1}.")
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise bad(f"The name of dimension {key} is {_shown(name)}; it must have 1 to 40 printable characters.")
    return {known[key]: name for key, name in names.items()}


def _shown(value: Any) -> str:
    """The value as it was sent, at most 60 characters of it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
