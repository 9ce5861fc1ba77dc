"""The estimate beside the form: measured when asked for, never in the way of Start."""

from __future__ import annotations

import shutil
from typing import Any

import streamlit as st

from jobs import RunRequest
from jobs.estimate_task import EstimateJob, estimates, seconds_of
from store import checkpoints_root
from ui import state
from ui.errors import plain
from ui.train_form.number_fields import show_field_problem

EVERY_SECONDS = 0.5
SNAPSHOT_BYTES = 20_000_000  # at most, of a run
MEASURE = "Estimate time and memory"
HELP = "Begins this run in a process of its own, ends it after some seconds, and says what all of it would take."


def show_estimate(request: RunRequest | None) -> None:
    """Draws what is known of a run's time, memory and size, and the button that measures it."""
    if request is None:
        return
    job = estimates().known(request)
    now = job.now.state if job else ""
    if now in ("queued", "running"):
        st.fragment(_progress, run_every=EVERY_SECONDS, key="estimate_progress")(request, job)
        return
    if now == "done":
        st.markdown(_figures(job.now.found, request.epochs))
        st.caption(_how(job.now.found))
        show_field_problem(room_problem(job.now.found, free_bytes()))
        return
    if now == "failed":
        st.caption(f":red[:material/error:] {plain(job.now.message)}")
    st.button(
        MEASURE,
        icon=":material/timer:",
        key=state.TRAIN_MEASURE,
        help=HELP,
        on_click=lambda: estimates().ask(request),
    )


def _progress(request: RunRequest, job: EstimateJob) -> None:
    now = job.now
    if now.state not in ("queued", "running"):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(now.share, text=plain(now.message))
        st.button("Cancel", key=state.TRAIN_MEASURE_CANCEL, icon=":material/close:", on_click=job.cancel)


def _figures(found: dict[str, Any], epochs: int) -> str:
    time, memory = duration(seconds_of(found, epochs)), size_words(found["memory_bytes"])
    return f"**{time}** for all epochs · **{memory}** of memory · **{size_words(found['checkpoint_bytes'])}** on disk"


def _how(found: dict[str, Any]) -> str:
    return plain(
        f"Measured on {found['steps']:,} steps: {found['images_per_second']:,.0f} images/s, "
        f"{found['epoch_seconds']:.3g} s an epoch, {found['start_seconds'] + found['results_seconds']:.0f} s for start "
        f"and results. Other work on this machine makes it longer, patience may end it sooner. "
        f"To resume it keeps {size_words(found['state_bytes'])} more, and up to 20 MB of snapshots."
    )


def room_problem(found: dict[str, Any], free: int) -> str | None:
    """Why the run will not fit on the disk of the checkpoints, as a sentence; None when it will."""
    needed = found["checkpoint_bytes"] + 2 * found["state_bytes"] + SNAPSHOT_BYTES
    if free >= needed:
        return None
    return (
        f"The run will need about {size_words(needed)} and {size_words(free)} are free where the models lie. Free some "
        "space, or choose a smaller model."
    )


def free_bytes() -> int:
    """How much is free on the disk of the checkpoints."""
    root = checkpoints_root()
    return shutil.disk_usage(next(place for place in (root, *root.parents) if place.exists())).free


def size_words(count: float) -> str:
    """Bytes in words: `640 kB`, `1.9 MB`, `2.1 GB`."""
    if count < 1e6:
        return f"{count / 1e3:,.0f} kB"
    if count < 1e9:
        return f"{count / 1e6:,.1f} MB" if count < 1e7 else f"{count / 1e6:,.0f} MB"
    return f"{count / 1e9:,.1f} GB"


def duration(seconds: float) -> str:
    """Seconds in words: `45 s`, `3 min 20 s`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
