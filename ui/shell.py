"""The entry script: navigation, and above each page one row with the model picker and the model's figures."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui import state
from ui.errors import plain, quoted, show_problem
from ui.model_facts import facts_line

# a file of our own: a Material icon for the browser tab would be fetched from the network
ICON = Path(__file__).parent / "icon.png"
GALLERY = ""  # its path in the URL: it is the first page
TRAIN = "train"
MOST_OFFERED = 12  # models under the message; the picker has all
PICKER_WIDTH = 180
MODEL_WIDTH = 478  # pixels of the picker and the facts beside ten pages at 1280; on a phone they share a line of 358
NEEDS_A_MODEL = {"sliders", "map", "morph", "attributes", "generate", "repair", "odd", "anatomy"}


def page_links() -> None:
    """Draws the way to every page, without icons: ten stand in one line at 1280 pixels, in two on a phone.

    Not Streamlit's own top navigation: on a phone that becomes a drawer which stays open over the page just chosen.
    """
    with st.container(horizontal=True, gap="xsmall", width="content", key=state.PAGE_LINKS):
        for name, (title, _) in state.PAGES.items():
            st.page_link(state.page(name), label=title)


def model_picker() -> None:
    """Draws the picker of the model.

    A name in the URL that is no usable model stays among the options: the address is not rewritten behind the
    visitor's back, and the message below can speak of it.
    """
    options = state.usable_models()
    asked = [st.session_state.get(state.MODEL), st.query_params.get(state.MODEL)]
    options += [name for name in dict.fromkeys(asked) if name and name not in options]
    st.selectbox(
        "Model",
        options,
        index=None,
        placeholder=state.default_model() or "No model yet",
        key=state.MODEL,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        icon=":material/deployed_code:",
        width=PICKER_WIDTH,
    )


def top_row(here: str) -> None:
    """Draws what stands above every page: the way to the others, the model, its figures. It wraps on a phone.

    Not the figures on the train page, where they would read as those of the run.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        page_links()
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", width=MODEL_WIDTH):
            model_picker()
            if here != TRAIN:
                st.caption(facts_line(state.model_summary(state.chosen_model())))


def show_model_problem(problem: str, here: str) -> None:
    """Says why the chosen model cannot be opened, and offers what can be done from the page `here`."""
    name = state.chosen_model()
    usable = state.usable_models()
    if name is None:
        show_problem("No model yet", problem, "Train one: the bundled digits take less than a minute.")
        if here not in (GALLERY, TRAIN):
            train_link()
        return
    known = state.model_summary(name) is not None
    title = f"The model {quoted(name)} cannot be opened" if known else f"There is no model {quoted(name)}"
    way_out = "Choose another: one of those below, or train one." if usable else "Train a model first."
    show_problem(title, without_command(problem), way_out)
    with st.container(horizontal=True, vertical_alignment="center"):
        for other in usable[:MOST_OFFERED]:
            key = f"{state.OFFERED_MODEL}_{other}"
            st.button(plain(other), key=key, on_click=state.choose_model, args=(other,))
        if here != TRAIN:
            train_link()
        if here != GALLERY:
            st.page_link(state.page("gallery"), label="Open the gallery", icon=":material/grid_view:")


def train_link() -> None:
    """Draws the way to the train page."""
    st.page_link(state.page(TRAIN), label="Train a model", icon=":material/model_training:")


def without_command(problem: str) -> str:
    """The problem without a way out that is a command: in the browser there is a page for it."""
    kept = re.sub(r"( [^.]*, or|;) train one with: python -m vae_core.*$", "", problem)
    return f"{kept.rstrip('.')}."


def forget_runs_view(here: str) -> None:
    """Takes the switch to Train's list out of an address without that list; on the Map `view` means another thing."""
    lists_runs = here == TRAIN and state.RUN not in st.query_params
    if not lists_runs and st.query_params.get(state.TRAIN_VIEW) == state.RUNS:
        with suppress(StreamlitAPIException):  # still bound to the switch: Streamlit takes it out itself
            del st.query_params[state.TRAIN_VIEW]


def main() -> None:
    """One run of the app: the navigation, the row with the model, the page or what stands in its way."""
    st.set_page_config(page_title="Latent space explorer", page_icon=ICON, layout="wide")
    current = st.navigation([state.page(name) for name in state.PAGES], position="hidden")
    forget_runs_view(current.url_path)
    top_row(current.url_path)
    needs_a_model = current.url_path in NEEDS_A_MODEL
    problem = state.model_problem() if needs_a_model or st.session_state.get(state.MODEL) else None
    if problem:
        show_model_problem(problem, current.url_path)
    if not (problem and needs_a_model):
        current.run()


if __name__ == "__main__":  # so Streamlit names the script that it runs
    main()
