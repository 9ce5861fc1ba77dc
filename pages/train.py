"""Train: choose images, size and length; a process of its own trains, and this page shows how it learns."""

from __future__ import annotations

import streamlit as st

import jobs
from jobs import RunRefused
from ui import state
from ui.errors import plain, show_problem
from ui.train_form import form_choices, run_request
from ui.train_form.command_view import show_command
from ui.train_form.estimate_view import show_estimate
from ui.train_runs import show_runs, shows_runs, view_switch
from ui.train_sweep import start_sweep, sweep_choices
from ui.train_watch import train_watch

MEND = "Under the field stands what it takes; mend it and press Start again."


def start(request: jobs.RunRequest) -> None:
    """Starts the run and goes to it; the address names it from now on."""
    try:
        run = jobs.start_run(request)
    except RunRefused as refusal:
        show_problem("The run was not started", str(refusal), "Nothing was written.")
        return
    watch(run.name)
    st.rerun()


def start_all(requests: tuple[jobs.RunRequest, ...]) -> None:
    """Starts the runs of a sweep and goes to its heat map."""
    if start_sweep(requests):
        st.session_state[state.RUNS_SWEEP] = requests[0].sweep
        st.session_state[state.RUNS_GO] = state.RUNS
        st.rerun()


def watch(name: str) -> None:
    """Puts the run into the address, where the next run of the script finds it. A link to its own page would not."""
    st.query_params[state.RUN] = name


def show_form() -> None:
    """The choices; beside them the name, Start, and what the run will take."""
    form, ready = st.columns([0.6, 0.4], gap="large")
    with form:
        st.markdown("Choose images and press Start: a first model of the digits takes less than a minute.")
        choices = form_choices()
    with ready:
        request = run_request(choices)
        sweep = sweep_choices(request)
        # never disabled: a click that comes straight from the field just mended would be lost
        if st.button("Start", type="primary", icon=":material/play_arrow:", key=state.TRAIN_START):
            if request is None or sweep is None:
                show_problem("The run was not started", "A field holds what cannot be used.", MEND)
            elif sweep:
                start_all(sweep)
            else:
                start(request)
        show_estimate(request)
        show_command(request)
        show_other_runs()


def show_other_runs() -> None:
    """Runs that left a trace, those under way first."""
    st.markdown("**Runs**")
    runs = jobs.list_runs()[:8]
    if not runs:
        st.caption("None yet. A run goes on when you close the page; you find it again here.")
    for run in runs:
        icon = ":material/progress_activity:" if run.status.alive else ":material/history:"
        label = f"{plain(run.name)}: {'under way' if run.status.alive else run.status.state}"
        key = f"{state.TRAIN_WATCH}_{run.name}"
        st.button(label, type="tertiary", icon=icon, key=key, on_click=watch, args=(run.name,))


def show_watched(name: str) -> None:
    """One run: all of it is one component, which is followed where it leads."""
    gone = train_watch(name, on_leave=lambda way: leave(way, name), key=state.TRAIN_WATCHED)
    if gone == "sliders":
        state.open_page("sliders")
    if gone is not None:
        st.query_params.pop(state.RUN, None)
        st.query_params.pop(state.EPOCH, None)
        st.rerun()


def leave(way: str, name: str) -> None:
    """Before the script runs: the model that is opened becomes the chosen one; the list or the form comes next."""
    if way == "sliders" and name in state.usable_models():
        state.choose_model(name)
    elif way != "sliders":
        st.session_state[state.TRAIN_VIEW] = state.RUNS if way == "runs" else state.NEW_RUN


watched = st.query_params.get(state.RUN)
if watched:
    show_watched(watched)
elif shows_runs():
    show_runs()
else:
    view_switch()
    show_form()
