"""The data sets of this machine as sources of a model: encoded once by a job, then read from the app's cache."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.models import LoadedModel
from store.sources import REFERENCE, NoMap, Source

if TYPE_CHECKING:
    from store.encoded_cache import Encoded
    from vae_core.data import DataOutline

ALL = "all"
OF_DATA = "data:"
VERSION = 1
ID_DIGITS = 16
MOST_SOURCES = 3  # a million images in 16 dimensions take 0.2 GB


@dataclass(frozen=True)
class DataSource:
    """A data set of this machine as a source of a model.

    encoded: the id of its latents in the cache, 16 hex digits of model, data and their files. why_not: as a sentence.
    """

    id: str
    words: str
    data: str
    count: int
    encoded: str
    why_not: str | None = None


def data_source(model: LoadedModel, source_id: str) -> DataSource:
    """The data set behind "all" or "data:NAME", whether or not it is encoded. Raises NoMap for any other id."""
    from vae_core.data import DataError, data_outline

    own = model.config.data
    name = own.name if source_id == ALL else source_id.removeprefix(OF_DATA)
    if source_id != ALL and not source_id.startswith(OF_DATA):
        raise NoMap(
            "no-such-source",
            f"The source is {source_id[:60]!r}; it must be {REFERENCE}, {ALL}, or {OF_DATA} and a data set's name.",
        )
    try:
        outline = data_outline(name)
    except DataError as problem:
        why_not = _absent(name) if source_id == ALL else str(problem)
        return DataSource(source_id, f"all images of {name}", name, 0, "", why_not)
    count = _recorded_count(model) if name == own.name and not outline.signature else outline.count
    words = f"all {count:,} images of {name}" if source_id == ALL else f"{count:,} images of {name}"
    return DataSource(source_id, words, name, count, _encoded_id(model, outline, count), _why_not(model, outline))


class Sources:
    """A bounded, thread-safe memory of encoded sources."""

    def __init__(self, most: int = MOST_SOURCES) -> None:
        self._most = most
        self._reading = threading.Lock()
        self._known: OrderedDict[str, Source] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, model: LoadedModel, wanted: DataSource) -> Source | None:
        """The source, read from the cache when need be; None when it is not there. Threads read one after another."""
        from store.encoded_cache import load_encoded

        with self._reading:
            key = f"{model.name} {wanted.id} {wanted.encoded}"  # a copy of a model has notes of its own
            known = self._known.get(key)
            if known is None:
                stored = load_encoded(wanted.encoded)
                if stored is None:
                    return None
                known = _of_encoded(model, wanted, stored)
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return known


_SOURCES = Sources()


def encoded_source(model: LoadedModel, wanted: DataSource) -> Source | None:
    """The source when its images are encoded, read when it is not in memory; None when they are not."""
    return _SOURCES.get(model, wanted)


def _absent(name: str) -> str:
    return (
        f"The images of {name} are not on this machine; those stored with the model are. Put its files into the folder"
        f" {name!r} of the data folder (LATENT_EXPLORER_DATA)."
    )


def _why_not(model: LoadedModel, outline: DataOutline) -> str | None:
    if outline.shape != model.image_shape:
        return (
            f"The images of {outline.name} are {_shape(outline.shape)}; {model.name} takes {_shape(model.image_shape)}."
            " Choose data of that size, or another model."
        )
    if model.config.model.classes and not outline.labelled:
        return f"The images of {outline.name} have no labels; {model.name} is conditional and needs them."
    return None


def _shape(shape: tuple[int, int, int]) -> str:
    channels, height, width = shape
    return f"{height}×{width} pixels, {'grey' if channels == 1 else 'colour'}"


def _recorded_count(model: LoadedModel) -> int:
    data = model.config.data
    return data.n_train + data.n_validation + data.n_test


def _encoded_id(model: LoadedModel, outline: DataOutline, count: int) -> str:
    """What the latents depend on: the weights, which images, and how they are split."""
    own = model.config.data
    facts = [VERSION, model.weights, outline.name, count, outline.signature]
    facts += [own.split_seed] if own.name == outline.name else []
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()[:ID_DIGITS]


def _of_encoded(model: LoadedModel, wanted: DataSource, stored: Encoded) -> Source:
    from vae_core.data import DATA_SETS

    own = model.config.data
    known = DATA_SETS.get(wanted.data)
    return Source(
        id=wanted.id,
        words=wanted.words,
        mean=stored.mean,
        std=stored.std,
        kl=stored.kl,
        reconstruction=stored.reconstruction,
        image_hash=stored.image_hash,
        label=stored.label,
        label_names=own.label_names if wanted.data == own.name else known.label_names if known else (),
        split=stored.split,
        model=model.name,
        data=wanted.data,
        data_count=wanted.count,
        data_rows=stored.data_row,
        encoded=wanted.encoded,
    )
