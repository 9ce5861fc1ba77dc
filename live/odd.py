"""The odd ones of a source over HTTP: scores that a job makes, several of them joined, a table of the oddest."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

import jobs
import store
from live.answers import Content, Refused, body_route, named_model, route
from live.job_answers import job_answer
from live.map_answers import UNKEPT, binary, json_object, named_source, refusing
from live.map_asking import source_or_standing
from live.map_jobs import Standing

MOST_BYTES = 10_000
UNFINISHED = ("queued", "running")
MOST_LINES = 100_000


@refusing
def _odd(request: Request, body: bytes) -> Content:
    """POST /live/odd/{model}/{weights}: {"source", "parts"}: the scores that there are, made by a job when need be."""
    model, content = named_model(request), json_object(body)
    source = _source(model, content)
    if isinstance(source, Standing):
        return source.facts(_behind(model, content))
    name = store.odd_id(model, source)
    known = store.odd_scores(name)
    if known is not None:
        return {"id": name, "state": "ready", **_facts(source, known, content)}

    def made(_: Any) -> dict[str, Any]:
        found = store.odd_scores(name)
        if found is None:
            raise Refused("failed", "The scores were made and could not be read back. Try again.")
        return _facts(source, found, content)

    where = {"root": store.checkpoints_root(), "model": model.name, "source": source.encoded or source.id}
    answer = job_answer(name, lambda: jobs.submit("odd_task", **where, data=source.data, scores_id=name), made)
    if answer["state"] in UNFINISHED:
        answer["partial"] = _facts(source, store.stored_scores(model, source), content)
    return answer


odd_route = body_route(MOST_BYTES, _odd, at_once=8, threads=2)


@route
@refusing
def score_route(request: Request) -> Response:
    """GET /live/odd/{model}/{weights}/{source}/{score}: float32 (N,); several scores joined by + are summed.

    With ?stored=1 what the stored costs tell, which needs no job.
    """
    _, scores, parts = _asked(request, stored=request.query_params.get("stored") == "1")
    values = scores.values["ink"] if parts == ("ink",) and "ink" in scores.values else scores.combined(parts)
    return binary([values.astype(np.float32)], UNKEPT)


@route
@refusing
def table_route(request: Request) -> Response:
    """GET /live/odd/{model}/{weights}/{source}/{score}/table.csv?threshold=: a line for each image from there on up."""
    source, scores, parts = _asked(request)
    values = scores.combined(parts)
    threshold = _threshold(request)
    rows = np.flatnonzero(values >= threshold)
    rows = rows[np.argsort(-values[rows], kind="stable")]
    if len(rows) > MOST_LINES:
        raise Refused("file-too-large", f"{len(rows):,} images; a table holds {MOST_LINES:,}. Raise the threshold.")
    name = f"{source.model}-odd-{'+'.join(parts)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": UNKEPT}
    text = _table(source, scores, values, rows)
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _source(model: store.LoadedModel, content: dict[str, Any]) -> store.Source | Standing:
    source_id = content.get("source", store.REFERENCE)
    if not isinstance(source_id, str):
        raise Refused("bad-request", f"The source is {str(source_id)[:30]!r}; it must be a text.")
    try:
        return source_or_standing(model, source_id)
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem


def _behind(model: store.LoadedModel, content: dict[str, Any]) -> str:
    """The job that encodes the images of a source: ending it ends the wait."""
    return f"encode {store.data_source(model, content['source']).encoded}"


def _asked(request: Request, stored: bool = False) -> tuple[store.Source, store.OddScores, tuple[str, ...]]:
    model, source = named_model(request), named_source(request)
    scores = store.stored_scores(model, source) if stored else store.odd_scores(store.odd_id(model, source))
    if scores is None:
        raise Refused("not-encoded", "The images of this source are not scored yet: ask with POST first.")
    return source, scores, tuple(request.path_params["score"].split("+"))


def _facts(source: store.Source, scores: store.OddScores, content: dict[str, Any]) -> dict[str, Any]:
    parts = content.get("parts")
    if parts is not None and not (isinstance(parts, list) and all(isinstance(part, str) for part in parts)):
        raise Refused("bad-request", f"parts is {str(parts)[:40]}; it must be a list of names of scores.")
    chosen = tuple(part for part in parts or () if part in scores.offered) or tuple(scores.offered[:1])
    simple = store.simplicity(scores, scores.combined(chosen))
    return {
        "count": len(source),
        "basis": scores.basis,
        "scores": [{"name": name, **vars(store.ODD_NAMES[name])} for name in scores.offered],
        "parts": list(chosen),
        "ink": "ink" in scores.values,
        "simple": None if simple is None else vars(simple),
        "labels": source.label_counts(),
    }


def _threshold(request: Request) -> float:
    text = request.query_params.get("threshold", "-inf")
    try:
        threshold = float(text)
    except ValueError:
        threshold = math.nan
    if math.isnan(threshold):
        raise Refused("bad-parameter", f"The parameter threshold is {text[:30]!r}; it must be a number.")
    return threshold


def _table(source: store.Source, scores: store.OddScores, values: np.ndarray, rows: np.ndarray) -> str:
    """rank, row, name, hash, label and split of each image, the score it is ranked by, then every score."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    names = [name for name in scores.values if np.isfinite(scores.values[name]).all()]
    writer.writerow(["rank", "row", "name", "hash", "label", "split", "score", *names])
    for rank, row in enumerate(rows.tolist(), 1):
        head = [rank, row, store.image_name(source, row), f"{int(source.image_hash[row]):016x}"]
        known = [source.class_name(row) or "", store.SPLITS[source.split[row]], f"{values[row]:.9g}"]
        writer.writerow([*head, *known, *(f"{scores.values[name][row]:.9g}" for name in names)])
    return lines.getvalue()
