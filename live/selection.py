"""What a selection of images holds, over HTTP: a summary, a table, or the pictures with a table."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import store
from live.answers import Content, Refused, body_route, named_model
from live.map_answers import LARGEST_ROWS, json_object, refusing, rows_from
from live.pictures import png

MOST_PICTURES = 5_000
MOST_LINES = 100_000
AT_ONCE = 64  # pictures: a short step each, so that no hand waits
KINDS = ("summary", "csv", "zip")


@refusing
def _selection(request: Request, body: bytes) -> Content:
    """POST /live/selection/{model}/{weights} with {"source", "rows", "what": "summary" | "csv" | "zip"}."""
    model, content = named_model(request), json_object(body)
    what, source_id = content.get("what"), content.get("source", store.REFERENCE)
    if what not in KINDS or not isinstance(source_id, str):
        raise Refused("bad-request", f"what is {str(what)[:30]!r}; it must be one of {', '.join(KINDS)}.")
    source = store.source_of(model, source_id)
    rows = store.distinct(source.check_rows(rows_from(content.get("rows"))))
    if not len(rows):
        raise Refused("too-few-rows", "No image is selected; select one or more.")
    if what == "summary":
        return summary_of(source, rows)
    most = MOST_LINES if what == "csv" else MOST_PICTURES
    if len(rows) > most:
        raise Refused(
            "file-too-large", f"{len(rows):,} images are selected; a {what} file holds {most:,}. Select fewer."
        )
    name = f"{model.name}-selection.{what}"
    if what == "csv":
        return _file(name, "text/csv; charset=utf-8", _table(source, rows).encode())
    return _file(name, "application/zip", _archive(model, source, rows))


# two may be made at a time; bodies are large, so only few are held in memory
selection_route = body_route(LARGEST_ROWS, _selection, at_once=4, threads=2)


def summary_of(source: store.Source, rows: np.ndarray) -> dict[str, Any]:
    """Counts, means and spreads of rows int64 (n,), n ≥ 1."""
    latents = source.mean[rows].astype(np.float64)
    return {
        "count": len(rows),
        "labels": {} if source.label is None else _counts(source.label[rows], source.label_names),
        "splits": _counts(source.split[rows], store.SPLITS),
        "mean": latents.mean(axis=0).astype(np.float32).tolist(),
        "spread": latents.std(axis=0).astype(np.float32).tolist(),
        "kl": float(source.kl[rows].mean(dtype=np.float64)),
        "reconstruction": float(source.reconstruction[rows].mean(dtype=np.float64)),
        "class": None if source.label is None else int(np.bincount(source.label[rows].clip(0)).argmax()),
    }


def _counts(values: np.ndarray, names: tuple[str, ...]) -> dict[str, int]:
    numbers, counts = np.unique(values, return_counts=True)
    return {store.class_name(names, int(number)): int(count) for number, count in zip(numbers, counts, strict=True)}


def _table(source: store.Source, rows: np.ndarray, files: list[str] | None = None) -> str:
    """A line for each row: what is known of the image, then its posterior mean and spread."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    columns = [each for each in store.columns_of(source) if each.ready]
    values = [store.column_texts(source, each, rows) for each in columns]
    latents = [f"{kind}{number + 1}" for kind in ("z", "std") for number in range(source.mean.shape[1])]
    named = ["row", "name", "hash", *(each.name for each in columns)]
    writer.writerow([*(["file"] if files else []), *named, *latents])
    for place, row in enumerate(rows.tolist()):
        head = [
            *([files[place]] if files else []),
            row,
            store.image_name(source, row),
            f"{int(source.image_hash[row]):016x}",
        ]
        numbers = np.concatenate([source.mean[row], source.std[row]])
        writer.writerow([*head, *(each[place] for each in values), *(f"{number:.7g}" for number in numbers)])
    return lines.getvalue()


def _archive(model: store.LoadedModel, source: store.Source, rows: np.ndarray) -> bytes:
    """The pictures as PNG and index.csv, which says of each whether it is the original or a reconstruction."""
    files = _file_names(source, rows)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:  # a PNG is compressed already
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            pixels, which = store.source_pictures(model, source, some.tolist())
            for place, (picture, kind) in enumerate(zip(pixels, which, strict=True), start):
                folder = "" if kind == "original" else "reconstructions/"
                files[place] = f"{folder}{files[place]}"
                archive.writestr(files[place], png(picture))
        archive.writestr("index.csv", _table(source, rows, files), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _file_names(source: store.Source, rows: np.ndarray) -> list[str]:
    """A PNG's name for each row, after the image's own where it has one; each is there once and stays in the folder."""
    found: dict[str, int] = {}
    for row in rows.tolist():
        stem = Path(store.image_name(source, row).replace("\\", "/")).stem
        safe = re.sub(r"[^\w.-]", "_", stem).strip("._") or source.name_of(row)
        found[f"{safe}.png" if f"{safe}.png" not in found else f"{safe}-{row}.png"] = row
    return list(found)


def _file(name: str, media_type: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
