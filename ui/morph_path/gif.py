"""The morph as a GIF: a worker draws it, a bar shows how far it is, a button gives it."""

from __future__ import annotations

import streamlit as st

import jobs
import store
from jobs import Job
from store import LoadedModel
from ui import state
from ui.errors import show_problem
from ui.morph_path.path import Morph, gif_latents

SIZE = 336  # pixels of the longer side: a multiple of 8, 28 and 56, so that every pixel is the same square
MS_PER_FRAME = 60


def morph_gif(model: LoadedModel, morph: Morph) -> None:
    """Draws the row that makes a GIF of the morph, and offers it once it is there."""
    wanted = (model.name, model.weights, morph.a, morph.b, morph.path)
    made_of, job = st.session_state.get(state.MORPH_GIF) or (None, None)
    if made_of != wanted:
        if job is not None:
            job.cancel()  # nobody waits for it any more
        job = None
    if st.button("Make a GIF", key=state.MORPH_GIF_MAKE, icon=":material/gif_box:", disabled=_busy(job)):
        if job is None or job.state != "done":
            try:
                job = _start(model, morph)
            except jobs.TooManyJobs as problem:
                show_problem("The GIF must wait", str(problem), "The page goes on meanwhile.")
                return
            st.session_state[state.MORPH_GIF] = (wanted, job)
        st.rerun()
    if job is not None:
        _watch(job, f"{model.name}-{morph.a}-{morph.b}-{morph.path}.gif", _busy(job))


def _start(model: LoadedModel, morph: Morph) -> Job:
    return jobs.submit(
        "morph_gif",
        root=store.checkpoints_root(),
        name=model.name,
        latents=gif_latents(model, morph),
        size=SIZE,
        ms_per_frame=MS_PER_FRAME,
    )


def _busy(job: Job | None) -> bool:
    return job is not None and job.state in ("queued", "running")


def _watch(job: Job, file_name: str, busy: bool) -> None:
    """Draws the job's progress, twice a second while it lasts, then the button or the reason."""

    @st.fragment(run_every=0.5 if busy else None)
    def shown() -> None:
        if busy and not _busy(job):
            st.rerun()
        if job.state == "done":
            st.download_button(
                "Download the GIF",
                job.result(),
                file_name=file_name,
                mime="image/gif",
                key=state.MORPH_GIF_DOWNLOAD,
                icon=":material/download:",
                type="primary",
                on_click="ignore",
            )
        elif job.state == "failed":
            show_problem("The GIF could not be made", job.message, "Try again, or choose other images.")
        elif _busy(job):
            st.progress(job.progress, job.message or "Waiting for a worker")

    shown()
