"""Fitted images written as a cache, with a table of their files and the report of what was left out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from vae_core.checkpoint.folder import write_atomic
from vae_core.data.cache import write_cache
from vae_core.data.errors import DataError
from vae_core.data.fitting import fit_picture
from vae_core.data.gathering.array_files import ArrayImages
from vae_core.data.gathering.own_images import LeftOut, OwnImages
from vae_core.data.gathering.report import REPORT, Gathered, Shape
from vae_core.data.gathering.table import table_of
from vae_core.data.image_set import FEWEST_IMAGES

PIXELS = "pixels.draft"
MOST_NAMED = 1_000  # files left out that are listed by name
AT_ONCE = 512  # images of an array
Report = Callable[[float, str], None]


def write_set(images: OwnImages, name: str, shape: Shape, draft: Path, report: Report) -> Gathered:
    """Fits the images and writes cache, table and report into the folder ``draft``. Raises DataError and OSError."""
    kept, left_out, fitted = _fit_all(images, shape, draft / PIXELS, report)
    if len(kept) < FEWEST_IMAGES:
        first = f" ({left_out[0].name}: {left_out[0].why})" if left_out else ""
        raise DataError(
            f"{len(kept)} of {len(images):,} images can be read; a data set needs at least {FEWEST_IMAGES}.{first} "
            "Add more images, or mend the files."
        )
    report(0.95, "Writing them in one piece")
    labels = _labels(images, kept)
    pixels = np.memmap(draft / PIXELS, np.uint8, "r", shape=(len(kept), *shape))
    write_cache(
        draft / "set",
        _batches(pixels, labels),
        len(kept),
        name,
        label_names=images.labels.names if labels is not None else (),
        n_test=images.n_test - sum(place >= len(images) - images.n_test for place in _missing(images, kept)),
        n_validation=max(1, round((len(kept) - images.n_test) / 12)),
    )
    del pixels
    (draft / PIXELS).unlink()
    gathered = _gathered(images, name, shape, kept, left_out, fitted)
    _write_beside(images, kept, draft / "set", gathered)
    for file in (draft / "set").iterdir():
        file.rename(draft / file.name)
    (draft / "set").rmdir()
    report(1.0, "Done")
    return gathered


def _fit_all(
    images: OwnImages, shape: Shape, file: Path, report: Report
) -> tuple[np.ndarray, list[LeftOut], Counter[str]]:
    """Writes the fitted pixels one after the other; gives the places that were kept, what was not, and how often what
    was done."""
    kept: list[np.ndarray] = []
    left_out, fitted = list(images.left_out), Counter()
    with file.open("wb") as draft:
        as_they_are = isinstance(images, ArrayImages) and images.shape == shape
        parts = _whole_parts(images) if as_they_are else _fitted_parts(images, shape, left_out)
        for places, pixels, how in parts:
            draft.write(np.ascontiguousarray(pixels).data)
            kept.append(places)
            fitted[how] += len(places)
            done = int(places[-1]) + 1
            if done % 16 == 0 or done == len(images):
                report(0.95 * done / len(images), f"Fitting image {done:,} of {len(images):,}")
    return np.concatenate(kept) if kept else np.zeros(0, np.int64), left_out, fitted


def _whole_parts(images: ArrayImages) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
    for start in range(0, len(images), AT_ONCE):
        stop = min(start + AT_ONCE, len(images))
        yield np.arange(start, stop), images.rows(start, stop), "Taken as they are."


def _fitted_parts(
    images: OwnImages, shape: Shape, left_out: list[LeftOut]
) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
    for place in range(len(images)):
        try:
            picture = images.picture(place)
            found = fit_picture(picture.image, "", shape, picture.notes)
        except DataError as problem:
            left_out.append(LeftOut(images.name(place), str(problem)))
            continue
        yield np.array([place]), found.pixels, re.sub(r"^Fitted to the model's images: (.)", _capital, found.note)


def _capital(found: re.Match[str]) -> str:
    return found.group(1).upper()


def _batches(pixels: np.ndarray, labels: np.ndarray | None) -> Iterator:
    for start in range(0, len(pixels), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        yield pixels[some] if labels is None else (pixels[some], labels[some])


def _labels(images: OwnImages, kept: np.ndarray) -> np.ndarray | None:
    return None if images.labels.values is None else images.labels.values[kept]


def _missing(images: OwnImages, kept: np.ndarray) -> list[int]:
    return np.setdiff1d(np.arange(len(images)), kept).tolist() if images.n_test else []


def _gathered(
    images: OwnImages, name: str, shape: Shape, kept: np.ndarray, left_out: list[LeftOut], fitted: Counter[str]
) -> Gathered:
    ways = fitted.most_common(3)
    said = (f"{how} ({count:,} images)" if len(ways) > 1 else how for how, count in ways)
    return Gathered(
        name=name,
        count=len(kept),
        shape=shape,
        label_names=images.labels.names if images.labels.values is not None else (),
        fitted=tuple(said),
        notes=tuple(note for note in (images.labels.note, *images.notes) if note),
        left_out=tuple(left_out[:MOST_NAMED]),
        n_left_out=len(left_out),
    )


def _write_beside(images: OwnImages, kept: np.ndarray, folder: Path, gathered: Gathered) -> None:
    """The report, and a table with the name of each image's file and what a table beside the images says of them."""
    table, problem = table_of(images, kept)
    if problem:
        gathered = replace(gathered, notes=(*gathered.notes, problem))
    if table:
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows(table)
        write_atomic(folder / "metadata.csv", lines.getvalue().encode())
    write_atomic(folder / REPORT, json.dumps(asdict(gathered), indent=1, ensure_ascii=False).encode())
