"""From what was asked for to a map: encode its images where that was not done, then compute or wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import jobs
import store
from live.answers import Refused
from live.map_jobs import JOBS, Standing

ENCODING = 0.3  # share of the whole that encoding is taken for, where a layout follows


@dataclass(frozen=True, eq=False)
class Asked:
    """What a request asks for, its form checked. rows: int64 (n,) in any order, or None; align_to: a map's id."""

    source: str
    method: str
    parameters: Mapping[str, Any]
    rows: np.ndarray | None = None
    align_to: str | None = None


def map_or_standing(model: store.LoadedModel, asked: Asked) -> store.LatentMap | tuple[str, Standing]:
    """The finished map, or its id and how far it is. Raises store.NoMap, and Refused when too many jobs wait."""
    try:
        source = source_or_standing(model, asked.source)
        if isinstance(source, Standing):
            return _not_encoded_yet(model, asked, source)
        request = store.map_request(model, source, asked.method, asked.parameters, asked.rows, asked.align_to)
        if request.exact:
            return store.exact_map(request)
        return _layout(request)
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem


def source_or_standing(model: store.LoadedModel, source_id: str) -> store.Source | Standing:
    """The source, or how far the job is that encodes its images, started where there is none.

    Raises store.NoMap when there is no such source or it does not fit, jobs.TooManyJobs.
    """
    if source_id == store.REFERENCE:
        return store.source_of(model, source_id)
    wanted = store.data_source(model, source_id)
    if wanted.why_not is not None:
        raise store.NoMap("unfit-source", wanted.why_not)
    found = store.encoded_source(model, wanted)
    if found is not None:
        return found
    done = JOBS.ask(encoding(wanted), lambda: jobs.submit(
        "encode", root=store.checkpoints_root(), model=model.name, data=wanted.data, encoded_id=wanted.encoded
    ))  # fmt: skip
    return done if isinstance(done, Standing) else store.source_of(model, source_id)


def encoding(wanted: store.DataSource) -> str:
    """What the job is called that encodes a data set."""
    return f"encode {wanted.encoded}"


def cancel(wanted: str) -> bool:
    """Ends what is under way for the map of that id, the encoding of its images too. False when there is nothing."""
    return JOBS.cancel(wanted) or JOBS.cancel(_BEHIND.pop(wanted, ""))


def standing_of(wanted: str) -> Standing | None:
    """How far the map of that id is; None when nothing is under way for it."""
    return JOBS.look(wanted) or JOBS.look(_BEHIND.get(wanted, ""))


_BEHIND: dict[str, str] = {}  # map -> the job that encodes its images
MOST_BEHIND = 256


def _not_encoded_yet(model: store.LoadedModel, asked: Asked, standing: Standing) -> tuple[str, Standing]:
    """The id of a map whose images are not encoded yet: its latents go by the id that they will have."""
    wanted = store.data_source(model, asked.source)
    parameters = store.checked_parameters(asked.method, asked.parameters, model.latent_dim)
    rows = None if asked.rows is None else np.unique(asked.rows)
    exact = asked.method in store.EXACT
    name = store.map_id(
        model.weights, wanted.encoded, asked.method, parameters, rows, None if exact else asked.align_to
    )
    if len(_BEHIND) >= MOST_BEHIND:
        _BEHIND.clear()
    _BEHIND[name] = encoding(wanted)
    share = 1.0 if exact else ENCODING
    left = None if standing.seconds_left is None or not exact else standing.seconds_left
    return name, replace(standing, progress=share * standing.progress, seconds_left=left)


def _layout(request: store.MapRequest) -> store.LatentMap | tuple[str, Standing]:
    known = store.map_in_memory(request.id) or store.stored_map(request)
    if known is not None:
        return known
    source = request.source
    done = JOBS.ask(request.id, lambda: jobs.submit(
        "map",
        root=store.checkpoints_root(),
        model=request.model,
        source=source.encoded or source.id,
        method=request.method,
        parameters=dict(request.parameters),
        rows=request.rows,
        align_to=request.align_to,
        map_id=request.id,
    ))  # fmt: skip
    if isinstance(done, Standing):
        first = ENCODING if source.encoded and _BEHIND.get(request.id) else 0.0
        return request.id, replace(done, progress=first + (1 - first) * done.progress)
    _BEHIND.pop(request.id, None)
    made = store.stored_map(request)
    if made is None:
        return request.id, Standing("failed", 1.0, "The map was computed and could not be read back. Try again.", None)
    return made
