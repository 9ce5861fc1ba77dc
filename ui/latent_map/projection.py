"""The principal plane of a model, found by a worker while the page goes on."""

from __future__ import annotations

import streamlit as st

import jobs
import store
from jobs import Job
from store import LoadedModel
from ui import state
from ui.errors import show_problem
from ui.latent_map.choice import PlaneChoice
from ui.latent_map.plane import Plane, plane_of_dimensions, plane_of_projection

PATIENCE = 0.15  # seconds in which a warm worker usually has the plane: then nothing needs to be said


def plane_for(model: LoadedModel, choice: PlaneChoice) -> tuple[Plane, Job | None]:
    """The plane to draw now, and the job that is still looking for the chosen one, if any.

    Until the principal plane is there, that of the two dimensions stands in for it.
    """
    means = model.latents.mean
    if choice.kind == "dimensions":
        return plane_of_dimensions(means, choice.x, choice.y), None
    job = None
    try:
        job = _job(model)
        return plane_of_projection(job.result(PATIENCE)), None
    except jobs.TooManyJobs as problem:
        show_problem("The principal plane must wait", str(problem), "Two dimensions are shown meanwhile.")
        return plane_of_dimensions(means, choice.x, choice.y), None
    except (TimeoutError, jobs.JobFailed, jobs.JobCancelled):
        return plane_of_dimensions(means, choice.x, choice.y), job


def _job(model: LoadedModel) -> Job:
    """This visitor's job for the model; one that failed is started again."""
    known = st.session_state.get(state.MAP_JOB)
    if known and known[0] == (model.name, model.weights) and known[1].state not in ("failed", "cancelled"):
        return known[1]
    job = jobs.submit("pca_plane", root=store.checkpoints_root(), name=model.name)
    st.session_state[state.MAP_JOB] = ((model.name, model.weights), job)
    return job


@st.fragment(run_every=0.4)
def watch_projection(job: Job) -> None:
    """Draws how far the job is, and runs the page again when the plane is there."""
    if job.state == "failed":
        show_problem("The principal plane was not found", job.message, "Choose two dimensions instead.")
    elif job.state == "done":
        st.rerun()
    else:
        st.progress(job.progress, job.message or "Waiting for a worker; two dimensions are shown meanwhile")
