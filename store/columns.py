"""What is known of each image of a source, column by column: to colour, filter and search a map by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from store.computed_columns import (
    LOG_DENSITY,
    USUAL_CLUSTERS,
    clustering_of,
    computed_column,
    computed_names,
    is_computed,
)
from store.metadata import metadata_of
from store.sources import SPLITS, NoMap, Source, class_name

Kind = Literal["class", "number", "text"]
MOST_NAMED = 4096  # classes whose names are sent along


@dataclass(frozen=True)
class Column:
    """A column.

    names: those of a class column's values 0, 1, …; unit: of a number, such as "nats". ready: whether its values are
    there at once; else a job computes them when they are asked for.
    """

    name: str
    kind: Kind
    words: str
    names: tuple[str, ...] = ()
    unit: str = ""
    ready: bool = True


LABEL, SPLIT, RECONSTRUCTION, KL = "label", "split", "reconstruction", "kl"


def columns_of(source: Source) -> list[Column]:
    """The columns of a source: of its encoding, computed ones, and those of a table beside the images.

    Of clusterings the usual ones are listed, and those that somebody asked for.
    """
    found = [Column(LABEL, "class", "label", _label_names(source))] if source.label is not None else []
    tabled = [Column(each.name, each.kind, each.name, each.names) for each in metadata_of(source).columns]
    return [
        *found,
        Column(RECONSTRUCTION, "number", "reconstruction error", unit="nats"),
        Column(KL, "number", "KL divergence from the prior", unit="nats"),
        _log_density(source),
        Column(SPLIT, "class", "split", SPLITS),
        *(_clusters(source, name) for name in dict.fromkeys((*USUAL_CLUSTERS, *_known_clusters(source)))),
        *tabled,
    ]


def column_values(source: Source, name: str) -> np.ndarray:
    """The values of a column: int16 (N,), below 0 for none, of classes; float32 (N,), NaN for none, of numbers.

    Raises NoMap when the source has no such column, or one of texts.
    """
    own = _own_values(source, name)
    if own is not None:
        return own
    if is_computed(name):
        raise NoMap("no-such-column", f"The column {name} is not computed yet; ask for its values first.")
    for column in metadata_of(source).columns:
        if column.name == name and column.kind == "text":
            raise NoMap(
                "no-such-column", f"The column {name[:60]!r} holds texts; only classes and numbers have values."
            )
        if column.name == name:
            return column.values
    raise no_column(source, name, [each.name for each in columns_of(source)])


def _own_values(source: Source, name: str) -> np.ndarray | None:
    if name == SPLIT:
        return source.split.astype(np.int16)
    if is_computed(name):
        return computed_column(source, name)
    return {LABEL: source.label, RECONSTRUCTION: source.reconstruction, KL: source.kl}.get(name)


def column_texts(source: Source, column: Column, rows: np.ndarray) -> list[str]:
    """What a column says of rows int64 (n,), as texts: names of classes, numbers; empty where there is nothing."""
    if column.kind == "text":
        (texts,) = [each.values for each in metadata_of(source).columns if each.name == column.name]
        return [texts[row] for row in rows.tolist()]
    values = column_values(source, column.name)[rows]
    if column.kind == "number":
        return [f"{value:.7g}" if np.isfinite(value) else "" for value in values.tolist()]
    return [class_name(column.names, value) if value >= 0 else "" for value in values.tolist()]


def no_column(source: Source, name: str, known: list[str]) -> NoMap:
    """The refusal of a column that is not there."""
    return NoMap(
        "no-such-column", f"The column is {name[:60]!r}; the source {source.id} has {', '.join(known)}. Choose one."
    )


def _log_density(source: Source) -> Column:
    ready = computed_column(source, LOG_DENSITY) is not None
    return Column(LOG_DENSITY, "number", "log-density among the encoded images", unit="nats", ready=ready)


def _known_clusters(source: Source) -> list[str]:
    return [name for name in computed_names(source) if name != LOG_DENSITY]


def _clusters(source: Source, name: str) -> Column:
    """Clusters are named by their numbers from 1 on, the largest first; how many there are is known at the end."""
    values = computed_column(source, name)
    count = 0 if values is None else int(values.max(initial=-1)) + 1
    names = tuple(f"cluster {number + 1}" for number in range(count))
    return Column(name, "class", clustering_of(name).words, names, ready=values is not None)


def _label_names(source: Source) -> tuple[str, ...]:
    kinds = max(len(source.label_names), int(source.label.max(initial=-1)) + 1)
    return tuple(class_name(source.label_names, number) for number in range(min(kinds, MOST_NAMED)))
