"""Images of one's own on their way to a data set: brought, looked at, fitted; each step a job that can be cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from jobs import UPLOADS_OFF, Job, JobCancelled, JobFailed, TooManyJobs, uploads_allowed
from jobs.own_images import (
    ImagesRefused,
    allowed_folder,
    allowed_folders,
    forget_upload,
    gather_images,
    keep_upload,
    look_at_images,
)
from ui import state
from ui.errors import plain, show_problem
from ui.train_form.names import spelling_problem
from ui.train_form.number_fields import NumberRule, show_field_problem
from vae_core.data import DataError
from vae_core.data.gathering import check_name

UPLOAD, FOLDER = "Upload", "Folder of the server"
LARGEST_UPLOAD = 500  # megabytes; more than that is put into a folder
ARRAYS = ["npy", "npz", "gz", "idx", "idx3-ubyte", "idx1-ubyte"]
# of pictures the usual ones: the line that names them has room for no more, and in a ZIP all are read
ENDINGS = ["png", "jpg", "jpeg", "zip", "webp", "gif", "bmp", "tiff", *ARRAYS]
HEIGHT, WIDTH = NumberRule("Height", 8, 128, 64), NumberRule("Width", 8, 128, 64)
EVERY_SECONDS = 0.5
WHAT = (
    "Ten pictures or more, chosen together; a ZIP of them (its sub-folders become labels); a .npy or .npz of an array; "
    "or the IDX files of one set. They are fitted to one size and stay on this server as a data set with a name."
)


@dataclass
class Brought:
    """Images that were brought: where they lie, the look at them, and the making of a data set."""

    source: str
    files: list[Path]
    look: Job | None = None
    found: dict | None = None
    making: Job | None = None
    problem: str = ""
    seen: list[str] = field(default_factory=list)


def bring_images() -> None:
    """Draws the way from files to a data set; when it is made, the form goes on with it. A sentence where none is."""
    if not uploads_allowed():
        st.info(UPLOADS_OFF, icon=":material/block:")
        return
    how = st.segmented_control("From", [UPLOAD, FOLDER], default=UPLOAD, required=True, key=state.TRAIN_FROM)
    st.caption(WHAT)
    brought = _uploaded() if how == UPLOAD else _named()
    if brought is None:
        return
    if brought.problem:
        show_problem("The images cannot be taken", brought.problem, "Nothing was written.")
    elif brought.making is not None:
        _wait(brought, brought.making, "Making the data set")
    elif brought.found is None:
        _wait(brought, _look(brought), "Looking at the images")
    else:
        _size_and_name(brought)


def _uploaded() -> Brought | None:
    files = st.file_uploader(
        "Files",
        type=ENDINGS,
        accept_multiple_files=True,
        key=state.TRAIN_UPLOAD,
        max_upload_size=LARGEST_UPLOAD,
        label_visibility="collapsed",
    )
    if not files:
        return None
    source = "upload " + " ".join(file.file_id for file in files)
    return _brought(source, lambda: keep_upload((file.name, file.getbuffer()) for file in files))


def _named() -> Brought | None:
    places = ", ".join(map(str, allowed_folders()))
    text = st.text_input(
        "Folder, ZIP or array on the server's machine",
        key=state.TRAIN_FOLDER,
        autocomplete="off",
        placeholder="holidays",
        help=f"Read only below {places}.",
    )
    if not text.strip():
        return None
    return _brought(f"folder {text.strip()}", lambda: [allowed_folder(text)])


def _brought(source: str, files_of) -> Brought:
    """What is known of this source; begun anew when another one was brought."""
    known: Brought | None = st.session_state.get(state.TRAIN_OWN)
    if known is not None and known.source == source:
        return known
    if known is not None:
        _let_go(known)
    brought = Brought(source, [])
    try:
        brought.files = list(files_of())
    except ImagesRefused as refusal:
        brought.problem = str(refusal)
    st.session_state[state.TRAIN_OWN] = brought
    return brought


def _look(brought: Brought) -> Job | None:
    if brought.look is None:
        brought.look = _submitted(brought, look_at_images, brought.files)
    return brought.look


def _submitted(brought: Brought, ask, *arguments) -> Job | None:
    try:
        return ask(*arguments)
    except TooManyJobs as many:
        brought.problem = str(many)
        return None


def _wait(brought: Brought, job: Job | None, words: str) -> None:
    """Shows how far a job is, brings the page up to date, and goes on when it is over."""
    if job is None:
        st.rerun()
    if _over(brought, job):
        st.rerun()
    st.fragment(_progress, run_every=EVERY_SECONDS, key="own_images_progress")(brought, job, words)


def _progress(brought: Brought, job: Job, words: str) -> None:
    if job.state in ("done", "failed", "cancelled"):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.progress, text=plain(job.message or f"{words}: waiting for its turn"))
        st.button("Cancel", key=state.TRAIN_OWN_CANCEL, icon=":material/close:", on_click=_cancel, args=(brought, job))


def _cancel(brought: Brought, job: Job) -> None:
    job.leave() or job.cancel()
    brought.problem = "It was cancelled. Choose the files again, or others."


def _over(brought: Brought, job: Job) -> bool:
    """Takes the job's result over, if there is one."""
    if job.state not in ("done", "failed", "cancelled"):
        return False
    try:
        result = job.result(0.1)
    except (JobFailed, JobCancelled) as problem:
        brought.problem = brought.problem or getattr(problem, "sentence", "") or str(problem)
        brought.making = None
        return True
    if job is brought.making:
        _let_go(brought)
        st.session_state.pop(state.TRAIN_OWN, None)
        st.session_state[state.TRAIN_NEW_DATA] = result
    else:
        brought.found = result
    return True


def _let_go(brought: Brought) -> None:
    forget_upload(brought.files)


def _size_and_name(brought: Brought) -> None:
    found = brought.found
    st.markdown(plain(_seen(found)))
    for note in found["notes"]:
        st.caption(plain(note))
    channels, height, width = found["shape"]
    st.caption(plain(f"Suggested: {height}×{width}, {'grey' if channels == 1 else 'colour'}. {found['why']}"))
    columns = st.columns(3)
    key = f"_{abs(hash(brought.source))}"
    with columns[0]:
        tall = _side(HEIGHT, height, state.TRAIN_HEIGHT + key)
    with columns[1]:
        wide = _side(WIDTH, width, state.TRAIN_WIDTH + key)
    with columns[2]:
        colours = ["Grey", "Colour"]
        colour = st.segmented_control(
            "Colour", colours, default=colours[channels == 3], required=True, key=state.TRAIN_COLOUR + key
        )
    name = st.text_input(
        "Name of the data", _suggested_name(brought.files), key=state.TRAIN_DATA_NAME + key, autocomplete="off"
    ).strip()
    problem = _name_problem(name)
    show_field_problem(problem)
    if st.button("Make the data set", type="primary", icon=":material/dataset:", key=state.TRAIN_MAKE):
        if problem or tall is None or wide is None:
            show_problem("The data set was not made", "A field holds what cannot be used.", "Mend it and press again.")
        else:
            shape = (1 if colour == "Grey" else 3, tall, wide)
            brought.making = _submitted(brought, gather_images, brought.files, name, shape)
            st.rerun()


def _side(rule: NumberRule, suggested: int, key: str) -> int | None:
    text = st.text_input(f"{rule.name}, pixels", str(suggested), key=key, autocomplete="off")
    show_field_problem(rule.problem(text))
    return rule.read(text)


def _seen(found: dict) -> str:
    classes = ", ".join(f"{name} ({count:,})" for name, count in found["classes"])
    if found["n_classes"] > len(found["classes"]):
        classes += f" and {found['n_classes'] - len(found['classes']):,} more"
    text = f"{found['count']:,} images in {found['words']}"
    text += f": {classes}." if classes else "."
    return text + (f" {found['left_out']:,} other files are left out." if found["left_out"] else "")


def _suggested_name(files: Sequence[Path]) -> str:
    import re

    stem = files[0].name.split(".")[0].lower() if files else ""
    near = re.sub(r"[^a-z0-9_-]+", "-", stem).strip("._-")[:40] or "my-pictures"
    for name in (near, f"my-{near}", *(f"{near}-{number}" for number in range(2, 100))):
        if _name_problem(name) is None:
            return name
    return near


def _name_problem(name: str) -> str | None:
    problem = spelling_problem(name, "The data's name", "my-pictures")
    if problem:
        return problem
    try:
        check_name(name)
    except DataError as taken:
        return str(taken)
    return None
