"""From what was asked for to a map: encode its images where that was not done, then compute or wait for it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import jobs
import store
from live.answers import Refused
from live.map_jobs import JOBS, Standing

JUDGING = "judge "  # what a job is called that measures a plane's quality, before its id
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
        return judged(store.exact_map(request)) if request.exact else _layout(request)
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
        "encode_task", root=store.checkpoints_root(), model=model.name, data=wanted.data, encoded_id=wanted.encoded
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
FIRST_DRAW = 1.0  # seconds


def _not_encoded_yet(model: store.LoadedModel, asked: Asked, standing: Standing) -> tuple[str, Standing]:
    """The id of a map whose images are not encoded yet: its latents go by the id that they will have."""
    wanted = store.data_source(model, asked.source)
    parameters = store.checked_parameters(asked.method, asked.parameters, model.latent_dim)
    rows = None if asked.rows is None else store.distinct(asked.rows)
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
    for _ in range(2):  # a job that was done long ago may have made a file that is damaged by now
        done = JOBS.ask(request.id, lambda: _submit(request))
        if isinstance(done, Standing):
            first = ENCODING if request.id in _BEHIND else 0.0
            return request.id, replace(done, progress=first + (1 - first) * done.progress)
        _BEHIND.pop(request.id, None)
        made = store.stored_map(request)
        if made is not None:
            return made
    return request.id, Standing("failed", 1.0, "The map was made and could not be read back. Try again.", None)


def judged(made: store.LatentMap) -> store.LatentMap:
    """The same plane with its quality where that is known; else it is measured in the background, one plane at a time.

    A plane is ready at once, so nobody waits: whoever asks again later gets the quality too. It is not begun before a
    second request, a second after the first: the first draw of a page shall have the processor.
    """
    if made.quality is not None:
        return made
    known = store.stored_map(made.request)
    if known is not None:
        return known
    if not _is_still_wanted(made.id):
        return made
    with suppress(jobs.TooManyJobs):
        if JOBS.only_of(JUDGING, made.id):
            JOBS.ask(f"{JUDGING}{made.id}", lambda: _submit(made.request))
    return store.stored_map(made.request) or made


_FIRST_ASKED: OrderedDict[str, float] = OrderedDict()  # plane -> when it was first shown without its quality


def _is_still_wanted(wanted: str) -> bool:
    first = _FIRST_ASKED.setdefault(wanted, time.monotonic())
    while len(_FIRST_ASKED) > MOST_BEHIND:
        _FIRST_ASKED.popitem(last=False)
    return time.monotonic() - first >= FIRST_DRAW


def _submit(request: store.MapRequest) -> jobs.Job:
    return jobs.submit(
        "map_task",
        root=store.checkpoints_root(),
        model=request.model,
        source=request.source.encoded or request.source.id,
        method=request.method,
        parameters=dict(request.parameters),
        rows=request.rows,
        align_to=request.align_to,
        map_id=request.id,
    )
