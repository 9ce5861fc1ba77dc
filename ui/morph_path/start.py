"""Where the morph begins: what the link says, with suspicion; else two images of different classes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from store import LoadedModel
from ui.link_numbers import linked_number
from ui.link_parts import LARGEST, first_label, label_from_link, other_weights, read_part

KINDS = ("linear", "slerp", "spline", "data", "geodesic")
PACES = ("steady", "even", "ease")
MODES = ("path", "palette")
COMPARED = ("linear", "slerp")
MOST_KEYS = 8


@dataclass(frozen=True, eq=False)
class Key:
    """A key image: its latent float32 (D,), and the row of the test image it comes from, or None."""

    latent: np.ndarray
    row: int | None


@dataclass(frozen=True, eq=False)
class MorphStart:
    """What the page shows first. The component begins anew when `id` changes, and only then.

    given: whether a link named the keys. compare: kinds of path that are shown. place: 0 to 1 on the path. spot: on the
    palette, x and y from 0 to 1. label: of a conditional model. problem: what could not be used, in sentences.
    """

    id: str
    keys: tuple[Key, ...]
    given: bool
    path: str = "linear"
    compare: tuple[str, ...] = COMPARED
    pace: str = "steady"
    mode: str = "path"
    place: float = 0.5
    spot: tuple[float, float] = (0.5, 0.5)
    label: int | None = None
    problem: str = ""


def starting_morph(model: LoadedModel, link: Mapping[str, str], visit: int = 0) -> MorphStart:
    """The morph to begin with. The model has encoded images.

    link: URL parameters keys (or a and b, rows), path, compare, pace, mode, t, at, label, weights. visit: how many
    times the model was changed on the way here.
    """
    problems = [other_weights(model, link, "the same keys give other pictures")]
    keys = _keys(model, link, problems)
    label = read_part(
        problems, lambda: label_from_link(link["label"], model.config.model.classes), None, "label" in link
    )
    return MorphStart(
        id=f"{model.name}/{model.weights}/{visit}",
        keys=keys,
        given="keys" in link or "a" in link or "b" in link,
        path=_word(link, "path", KINDS, "linear", problems),
        compare=tuple(kind for kind in KINDS if kind in link.get("compare", ".".join(COMPARED)).split(".")),
        pace=_word(link, "pace", PACES, "steady", problems),
        mode=_word(link, "mode", MODES, "path", problems),
        place=_share(link.get("t", "0.5")),
        spot=_spot(link.get("at", "")),
        label=first_label(model, keys[0].row) if label is None else label,
        problem=" ".join(filter(None, problems)),
    )


def _keys(model: LoadedModel, link: Mapping[str, str], problems: list[str]) -> tuple[Key, ...]:
    if "keys" in link:
        texts = link["keys"].split(".")
        if len(texts) > MOST_KEYS:
            problems.append(f"The link has {len(texts)} keys; at most {MOST_KEYS} are taken, the first ones.")
        read = [read_part(problems, lambda text=text: _key(model, text), None) for text in texts[:MOST_KEYS]]
        keys = tuple(key for key in read if key is not None)
        if keys:
            return keys
    rows, labels = len(model.latents), model.latents.label
    first = read_part(problems, lambda: _row("a", link["a"], rows, 0), 0, "a" in link)
    other = _other(first, rows, labels)
    second = read_part(problems, lambda: _row("b", link["b"], rows, other), other, "b" in link)
    return _of_row(model, first), _of_row(model, second)


def _key(model: LoadedModel, text: str) -> Key:
    """A part of the link's `keys`: the row of a test image, or z and a latent as base64 for addresses."""
    if not text.startswith("z"):
        return _of_row(
            model, linked_number("key", text, len(model.latents), "the test split has rows", "It is left out.")
        )
    try:
        content = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        latent = np.frombuffer(content, dtype="<f4").astype(np.float32)
    except (binascii.Error, ValueError):
        raise ValueError(f"The link's key {text[:12]!r}… is no latent; it is left out.") from None
    if len(latent) != model.latent_dim:
        raise ValueError(
            f"A key of the link has {len(latent)} numbers; this model has {model.latent_dim} dimensions."
            " It is left out."
        )
    if not (np.abs(latent) <= LARGEST).all():
        raise ValueError(f"A key of the link has a number that is not within ±{LARGEST:g}; it is left out.")
    return Key(latent, None)


def _of_row(model: LoadedModel, row: int) -> Key:
    return Key(model.latents.mean[row], row)


def _row(name: str, text: str, rows: int, otherwise: int) -> int:
    return linked_number(name, text, rows, "the test split has rows", f"Row {otherwise} is shown.")


def _other(first: int, rows: int, labels: np.ndarray | None) -> int:
    """The first row of another class than the first key, or simply another row where there is one."""
    others = np.flatnonzero(labels != labels[first]) if labels is not None else np.array([], dtype=int)
    return int(others[0]) if len(others) else (first + 1) % rows


def _word(link: Mapping[str, str], name: str, words: tuple[str, ...], otherwise: str, problems: list[str]) -> str:
    word = link.get(name, otherwise)
    if word in words:
        return word
    problems.append(
        f"The link's {name} is {word[:20]!r}; it must be one of {', '.join(words)}. {otherwise.capitalize()} is shown."
    )
    return otherwise


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        return 0.5
    return min(1.0, max(0.0, share)) if share == share else 0.5


def _spot(text: str) -> tuple[float, float]:
    across, _, down = text.partition(",")
    return _share(across), _share(down)
