"""A training run as it goes: progress, curves, pictures, and what to do with it."""

from __future__ import annotations

import streamlit as st

import jobs
from jobs import RunHandle, RunRefused
from ui import state
from ui.errors import plain, quoted, show_problem
from ui.figures import loss_curves, loss_words, sheet
from ui.plotly_figure import plotly_figure
from vae_core.checkpoint import CheckpointError, read_metrics
from vae_core.training.run_folder import read_preview

EVERY_SECONDS = 1.0
PICTURES_IN_A_ROW = 8
CURVES_HEIGHT = 480  # pixels
NO_CURVES = "The curves begin with the first finished epoch."
ICONS = {
    "finished": ":material/check_circle:",
    "stopped": ":material/stop_circle:",
    "queued": ":material/hourglass_top:",
    "discarded": ":material/delete:",
}
WORDS = {
    "finished": "Finished.",
    "stopped": "Stopped; what it had learnt is kept.",
    "queued": "Waits for its turn.",
    "discarded": "Discarded; it goes to the bin.",
}


def show_run(name: str) -> None:
    """Draws the run of that name; while it is under way the picture is brought up to date each second."""
    run = jobs.find_run(name)
    if run is None:
        show_problem(f"There is no run {quoted(name)}", "No folder holds a run of that name.", "Start a new one.")
        return
    every = EVERY_SECONDS if run.status.alive or run.queued else None
    st.fragment(_draw, run_every=every, key="run_view")(name, every is not None)


def _draw(name: str, was_alive: bool) -> None:
    run = jobs.find_run(name)
    if was_alive and (run is None or not (run.status.alive or run.queued)):
        st.rerun()  # the whole page: no more polling, and the model is among those to choose
    if run is not None:
        _progress(run)
        _curves_and_pictures(run)


def _progress(run: RunHandle) -> None:
    status = run.status
    with st.container(horizontal=True, vertical_alignment="center"):
        if status.alive:
            st.progress(status.share_done, text=plain(capital(progress_words(run))))
            _stop_button(run)
        elif status.state == "failed":
            _failure(run)
        else:
            st.success(plain(status.message or WORDS[status.state]), icon=ICONS[status.state])


def progress_words(run: RunHandle) -> str:
    """How far the run is, such as `epoch 3 of 20 · 9,800 images/s · 1 min 20 s left`."""
    status = run.status
    if run.stopping:
        return "stopping after this step; what it has learnt is kept"
    if status.state == "starting" or not status.epochs:
        return "starting: reading the images"
    words = [f"epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}"]
    if status.images_per_second:
        words.append(f"{status.images_per_second:,.0f} images/s")
    if status.seconds_left is not None:
        words.append(f"{duration(status.seconds_left)} left")
    return " · ".join(words)


def capital(text: str) -> str:
    """The text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def duration(seconds: float) -> str:
    """Seconds in words: `45 s`, `3 min 20 s`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _stop_button(run: RunHandle) -> None:
    st.button(
        "Stop and keep",
        icon=":material/stop_circle:",
        key=state.TRAIN_STOP,
        disabled=run.stopping or run.status.state == "starting",
        on_click=_stop,
        args=(run.name,),
    )


def _stop(name: str) -> None:
    try:
        jobs.stop_run(name)
    except RunRefused:  # it ended by itself between the drawing and the click
        return


def _failure(run: RunHandle) -> None:
    with st.container():
        way_out = "Change what it names and start again under another name."
        show_problem(f"The run {quoted(run.name)} failed", run.status.message, way_out)
        tail = run.log_tail()
        if tail:
            st.caption("The last lines of its log:")
            st.code(tail, language=None, wrap_lines=True, height=200)


def _curves_and_pictures(run: RunHandle) -> None:
    try:
        records = read_metrics(run.folder)
    except CheckpointError as problem:
        show_problem("The curves cannot be drawn", str(problem), "The run itself goes on.")
        records = []
    curves_place, pictures = st.columns([0.46, 0.54], gap="large")
    with curves_place:
        if records or run.status.alive:
            _curves(records, run.status.epochs)
    with pictures:
        _pictures(run)


def _curves(records: list[dict], epochs: int) -> None:
    reached = max([epochs, *(record.get("epoch", 0) for record in records)])
    waiting = "" if records else NO_CURVES
    plotly_figure(loss_curves(records, reached), loss_words(records), CURVES_HEIGHT, "loss_curves", waiting)


def _pictures(run: RunHandle) -> None:
    preview = read_preview(run.folder)
    if preview is None:
        if run.status.alive:
            st.caption("The first pictures come with the first finished epoch.")
        return
    row = PICTURES_IN_A_ROW
    st.markdown(f"Validation images, each above its reconstruction, epoch {preview.epoch}")
    pairs = [preview.originals[:row], preview.reconstructions[:row]]
    st.image(sheet(pairs), width="stretch", alt="Validation images above their reconstructions")
    st.markdown("New images, decoded from draws of the prior")
    samples = [preview.samples[:row], preview.samples[row : 2 * row]]
    st.image(sheet(samples), width="stretch", alt="Images decoded from draws of the prior")
