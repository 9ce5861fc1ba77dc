"""Sources of a model: sets of encoded images, row by row. The reference set is always one of them."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from store.map_keys import latents_hash
from store.models import LoadedModel

REFERENCE = "reference"
SPLITS = ("train", "validation", "test")


class NoMap(Exception):
    """There is no such source, map, column or row; `reason` is a code for programs, as live/answers.py lists them."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Source:
    """N encoded images of a model.

    id: "reference". words: what they are. mean, std: float32 (N, D). kl, reconstruction: float32 (N,), nats per image.
    image_hash: uint64 (N,). label: int16 (N,), a place in label_names, or None. split: int8 (N,), a place in SPLITS.
    model, data: the names of the model and of the data set; data_count: how many images that has.
    data_rows: int64 (N,), the rows in it, where they are known without a look at the images.
    """

    id: str
    words: str
    mean: np.ndarray
    std: np.ndarray
    kl: np.ndarray
    reconstruction: np.ndarray
    image_hash: np.ndarray
    label: np.ndarray | None
    label_names: tuple[str, ...]
    split: np.ndarray
    model: str
    data: str
    data_count: int
    data_rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.mean)

    @cached_property
    def hash(self) -> str:
        """16 hex digits that name its latents."""
        return latents_hash(self.mean)

    @cached_property
    def row_of_hash(self) -> dict[int, int]:
        """The first row with each image hash."""
        return {int(found): row for row, found in reversed(list(enumerate(self.image_hash.tolist())))}

    def label_counts(self) -> dict[str, int]:
        """How many images each label has, by its name; empty for images without labels."""
        if self.label is None:
            return {}
        numbers, counts = np.unique(self.label, return_counts=True)
        return {
            class_name(self.label_names, int(each)): int(count) for each, count in zip(numbers, counts, strict=True)
        }

    def rows_of_class(self, label: str) -> np.ndarray:
        """The rows int64 (n,), ascending, n ≥ 1, of a class: its name in any case, or its number. Raises NoMap."""
        if self.label is None:
            raise NoMap(
                "no-labels", f"The images of the source {self.id} have no labels; choose an image by its number."
            )
        names, asked = [name.casefold() for name in self.label_names], label.strip().casefold()
        number = names.index(asked) if asked in names else int(asked) if asked.isdecimal() and len(asked) < 6 else -1
        rows = np.flatnonzero(self.label == number)
        if not len(rows):
            known = ", ".join(self.label_counts())
            raise NoMap("no-such-label", f"The label is {label[:40]!r}; the source {self.id} has {known}. Choose one.")
        return rows

    def check_row(self, row: int) -> None:
        """Raises NoMap when the row is not there."""
        if not 0 <= row < len(self):
            raise NoMap("no-such-row", f"The row is {row}; the source {self.id} has rows 0 to {len(self) - 1}.")

    def check_rows(self, rows: np.ndarray) -> np.ndarray:
        """The same rows, int64 (n,). Raises NoMap when one is not there."""
        for outside in rows[(rows < 0) | (rows >= len(self))][:1]:
            self.check_row(int(outside))
        return rows.astype(np.int64)

    def name_of(self, row: int) -> str:
        """What a row is called where its data set has no file names: its split and number, such as test-00012."""
        return f"{SPLITS[self.split[row]]}-{row:05d}"

    def class_name(self, row: int) -> str | None:
        """The name of the row's class; None where images have no labels."""
        return None if self.label is None else class_name(self.label_names, int(self.label[row]))


@dataclass(frozen=True)
class SourceSummary:
    """What there is to choose: `ready` to be mapped at once; `why_not` a sentence where it can never be."""

    id: str
    words: str
    count: int
    ready: bool
    why_not: str | None = None


def class_name(names: tuple[str, ...], number: int) -> str:
    """The name of a class by its number, which stands for a class without a name."""
    return names[number] if 0 <= number < len(names) else str(number)


def list_sources(model: LoadedModel) -> list[SourceSummary]:
    """What of a model can be mapped."""
    count = 0 if model.latents is None else len(model.latents)
    why_not = None if count else _no_reference(model)
    return [SourceSummary(REFERENCE, _reference_words(model), count, bool(count), why_not)]


def source_of(model: LoadedModel, source_id: str) -> Source:
    """A source that is in memory or read at once. Raises NoMap when there is none of that name."""
    if source_id != REFERENCE:
        known = ", ".join(each.id for each in list_sources(model))
        raise NoMap(
            "no-such-source", f"The source is {source_id[:60]!r}; {model.name} has {known}. Choose one of them."
        )
    return _reference(model)


_KNOWN: weakref.WeakKeyDictionary[LoadedModel, Source] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def _reference(model: LoadedModel) -> Source:
    if model.latents is None:
        raise NoMap("no-reference", _no_reference(model))
    with _LOCK:
        known = _KNOWN.get(model)
        if known is None:
            known = _KNOWN[model] = _as_source(model)
    return known


def _as_source(model: LoadedModel) -> Source:
    latents = model.latents
    split = SPLITS.index(latents.split) if latents.split in SPLITS else SPLITS.index("test")
    return Source(
        id=REFERENCE,
        words=_reference_words(model),
        mean=latents.mean,
        std=latents.std,
        kl=latents.kl,
        reconstruction=latents.reconstruction,
        image_hash=latents.image_hash,
        label=latents.label,
        label_names=model.config.data.label_names,
        split=np.full(len(latents), split, dtype=np.int8),
        model=model.name,
        data=model.config.data.name,
        data_count=sum((model.config.data.n_train, model.config.data.n_validation, model.config.data.n_test)),
    )


def _reference_words(model: LoadedModel) -> str:
    if model.latents is None:
        return "no stored images"
    return f"{len(model.latents):,} {model.latents.split} images of {model.config.data.name}, stored with the model"


def _no_reference(model: LoadedModel) -> str:
    return f"The model {model.name} has no latents.npz; train it again to get its reference set."
