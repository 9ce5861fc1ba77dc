"""The directions that people found in a model's latent space: `notes/directions.json` of its checkpoint.

A direction belongs to the weights under which it was found: after another training the same numbers mean something
else, so each carries their hash, and those of other weights are kept but not used.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from store.models import WEIGHTS_DIGITS, checkpoints_root
from store.note_files import NoteFile, NotesError, checked_name, notes_folder

MOST_DIRECTIONS = 60
LONGEST_WORDS = 200  # characters that say what a group is
LARGEST_FILE = 60 * 4 * 1024  # bytes: 60 directions of 512 dimensions and their facts
METHODS = ("means", "classifier", "analogy")
LARGEST_SPAN = 1e4
LARGEST_EFFECT = 1e6  # Cohen's d, to each side


@dataclass(frozen=True, eq=False)
class SavedDirection:
    """A direction under a name.

    vector: float32 (D,), of length 1. span: latent units from lacking to having the attribute. weights: under which it
    was found. method, having, lacking: how and from which images, in words. orthogonal_to: names of other directions.
    auc, cohens_d, held_out: see vae_core.latent.directions.Consistency; None where nothing was held out.
    """

    name: str
    vector: np.ndarray
    span: float
    weights: str
    method: str
    having: str
    lacking: str
    orthogonal_to: tuple[str, ...] = ()
    auc: float | None = None
    cohens_d: float | None = None
    held_out: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """The direction as plain data; `vector` as base64 of float32, little-endian."""
        packed = base64.b64encode(np.ascontiguousarray(self.vector, dtype="<f4").tobytes()).decode("ascii")
        held_out = None if self.held_out is None else list(self.held_out)
        return {**vars(self), "vector": packed, "orthogonal_to": list(self.orthogonal_to), "held_out": held_out}


@dataclass(frozen=True)
class Directions:
    """The directions of a model as people ordered them, and how often they were written: 0 when never."""

    revision: int
    directions: tuple[SavedDirection, ...] = ()


def read_directions(model_name: str) -> Directions:
    """The directions of a model.

    Raises NotesError when the file is damaged, and vae_core.checkpoint.CheckpointError when there is no such model.
    """
    return _file(model_name)[0].present()


def write_directions(model_name: str, revision: int, directions: Sequence[Mapping[str, Any]]) -> Directions:
    """The directions as they are from now on, with a new revision: all of them are replaced.

    revision: that of the directions which the person saw. directions: as SavedDirection.as_json gives them. Raises
    NotesChanged when others wrote meanwhile, NotesReadOnly when nothing may be written, NotesError for bad directions,
    a damaged file or a lock that stays taken, and CheckpointError.
    """
    file, latent_dim = _file(model_name)
    checked = _all_checked(directions, latent_dim)
    return file.replace(revision, lambda _: {"directions": [each.as_json() for each in checked]})


def _file(model_name: str) -> tuple[NoteFile[Directions], int]:
    from vae_core.checkpoint import checkpoint_folder, load_config

    latent_dim = load_config(checkpoint_folder(checkpoints_root(), model_name)).model.latent_dim

    def read(content: Mapping[str, Any]) -> Directions:
        return Directions(content["revision"], tuple(_all_checked(content["directions"], latent_dim)))

    return NoteFile(notes_folder(model_name), "directions", read, Directions(0), LARGEST_FILE), latent_dim


def _all_checked(given: Sequence[Mapping[str, Any]], latent_dim: int) -> list[SavedDirection]:
    if not isinstance(given, Sequence) or len(given) > MOST_DIRECTIONS:
        raise _bad(f"There must be a list of at most {MOST_DIRECTIONS} directions. Take some away first.")
    found = [_checked(each, latent_dim) for each in given]
    names = [each.name for each in found]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise _bad(f"Two directions are called {twice[0]!r}; give each a name of its own.")
    return found


def _checked(given: Mapping[str, Any], latent_dim: int) -> SavedDirection:
    if not isinstance(given, Mapping):
        raise _bad("A direction must be an object with name, vector, span, weights, method, having and lacking.")
    name = checked_name(given.get("name"), "bad-directions")
    weights, method = given.get("weights"), given.get("method")
    if not isinstance(weights, str) or not re.fullmatch(rf"[0-9a-f]{{{WEIGHTS_DIGITS}}}", weights):
        raise _bad(f"The weights of {name!r} must be {WEIGHTS_DIGITS} hexadecimal digits.")
    if method not in METHODS:
        raise _bad(f"The method of {name!r} is {str(method)[:30]!r}; it must be one of {', '.join(METHODS)}.")
    return SavedDirection(
        name=name,
        vector=_vector(given.get("vector"), latent_dim, name),
        span=_number(given.get("span"), "span", name, 1e-9, LARGEST_SPAN),
        weights=weights,
        method=method,
        having=_words(given.get("having"), name),
        lacking=_words(given.get("lacking"), name),
        orthogonal_to=tuple(_words(each, name) for each in _list(given.get("orthogonal_to"), name)),
        auc=_figure(given.get("auc"), "auc", name, 0, 1),
        cohens_d=_figure(given.get("cohens_d"), "cohens_d", name, -LARGEST_EFFECT, LARGEST_EFFECT),
        held_out=_counts(given.get("held_out"), name),
    )


def _vector(text: Any, latent_dim: int, name: str) -> np.ndarray:
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
    except (TypeError, ValueError):
        raise _bad(f"The vector of {name!r} is no base64 of float32, little-endian.") from None
    if values.shape != (latent_dim,) or not np.isfinite(values).all():
        raise _bad(f"The vector of {name!r} has {values.size} numbers; it must have {latent_dim}, all finite.")
    if abs(float(np.linalg.norm(values)) - 1) > 1e-3:
        raise _bad(f"The vector of {name!r} has length {np.linalg.norm(values):.4g}; a direction has length 1.")
    return values


def _number(value: Any, what: str, name: str, low: float, high: float) -> float:
    if type(value) not in (int, float) or not low <= value <= high:
        raise _bad(f"The {what} of {name!r} is {str(value)[:30]}; it must be a number from {low:g} to {high:g}.")
    return float(value)


def _figure(value: Any, what: str, name: str, low: float, high: float) -> float | None:
    return None if value is None else _number(value, what, name, low, high)


def _counts(value: Any, name: str) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or any(type(each) is not int or each < 0 for each in value):
        raise _bad(f"held_out of {name!r} must be two whole numbers, or null.")
    return value[0], value[1]


def _list(value: Any, name: str) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise _bad(f"orthogonal_to of {name!r} must be a list of names.")
    return value or []


def _words(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_WORDS or not value.isprintable():
        raise _bad(f"What {name!r} was made of must be texts of at most {LONGEST_WORDS} printable characters.")
    return value


def _bad(message: str) -> NotesError:
    return NotesError("bad-directions", message)
