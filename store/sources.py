"""Sources of a model: sets of encoded images, row by row. The reference set is always one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from store.map_keys import latents_hash

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

    id: "reference", "all" or "data:NAME". words: what they are. mean, std: float32 (N, D).
    kl, reconstruction: float32 (N,), nats per image.
    image_hash: uint64 (N,). label: int16 (N,), a place in label_names, or None. split: int8 (N,), a place in SPLITS.
    model, data: the names of the model and of the data set; data_count: how many images that has.
    data_rows: int64 (N,), the rows in it, where they are known without a look at the images.
    encoded: the id under which the app's cache has its latents; None for the reference set.
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
    encoded: str | None = None

    def __len__(self) -> int:
        return len(self.mean)

    @cached_property
    def hash(self) -> str:
        """16 hex digits that name its latents: the id of an encoded source, else a hash of the latents themselves."""
        return self.encoded or latents_hash(self.mean)

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


def class_name(names: tuple[str, ...], number: int) -> str:
    """The name of a class by its number, which stands for a class without a name."""
    return names[number] if 0 <= number < len(names) else str(number)


def distinct(values: np.ndarray) -> np.ndarray:
    """The values (n,), each once, rising. numpy.unique of 100,000 holds the interpreter lock for 30 ms."""
    ordered = np.sort(values)
    return ordered[np.concatenate([np.ones(min(1, len(ordered)), dtype=bool), ordered[1:] != ordered[:-1]])]
