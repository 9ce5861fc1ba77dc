"""Columns that a job computes: log-density and clusters, started when somebody asks for their values."""

from __future__ import annotations

import jobs
import store
from live.answers import Refused
from live.map_jobs import JOBS, Standing


def computed_or_standing(source: store.Source, name: str) -> Standing | None:
    """None when the column is in memory from now on; else how far its job is, started where there is none.

    Raises Refused when too many jobs wait.
    """
    try:
        done = JOBS.ask(f"{name} {source.hash}", lambda: _submit(source, name))
    except jobs.TooManyJobs as problem:
        raise Refused("busy", str(problem)) from problem
    if isinstance(done, Standing):
        return done
    store.keep_column(source, name, done)
    return None


def _submit(source: store.Source, name: str) -> jobs.Job:
    where = {"root": store.checkpoints_root(), "model": source.model, "source": source.encoded or source.id}
    clustering = store.clustering_of(name)
    if clustering is None:
        return jobs.submit("log_density_task", **where)
    return jobs.submit("cluster_task", **where, method=clustering.method, size=clustering.size, seed=0)
