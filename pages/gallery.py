"""Gallery: the models on this machine; choose one, and it stays chosen on every page."""

from __future__ import annotations

import streamlit as st

import jobs
import store
from ui import state
from ui.errors import plain
from ui.gallery_cards import Card, gallery_cards
from ui.model_cards import shelf

NOTE = (
    "The ELBO is a lower bound on log p(x) of the test images: higher is better. Under a Gaussian likelihood p(x) is a "
    "density of grey values, which can exceed 1, so the ELBO can be above 0: compare only models of the same data and "
    "likelihood. A plain autoencoder, and a model trained by cross-entropy, have no ELBO. "
    "Active: dimensions in which the variance of the posterior mean over the test images is above 0.01."
)

COMPANIONS = (
    "**Companions of Anatomy**: one small network on the digits, as a plain autoencoder and as a VAE at rising weights "
    "β of the KL. They are there to be compared; the largest β has collapsed."
)


def show_runs_under_way() -> None:
    """One line per training run that is going on, with the way to it."""
    for run in jobs.list_runs():
        if run.status.alive:
            done = f"epoch {run.status.epoch} of {run.status.epochs}" if run.status.epochs else "starting"
            st.page_link(
                state.page("train"),
                label=f"{plain(run.name)} is being trained: {done}",
                icon=":material/model_training:",
                query_params={state.RUN: run.name},
            )


def show_broken(problems: dict[str, str]) -> None:
    """The folders that hold no model which can be opened, each with its reason."""
    if problems:
        with st.expander(f"{len(problems)} of the folders cannot be opened", icon=":material/broken_image:"):
            for name, problem in problems.items():
                st.markdown(f"**{plain(name)}**: {plain(problem)}")


def show_cards(cards: list[Card], key: str) -> None:
    """A grid of cards; a click on the chosen one opens it."""
    if cards and gallery_cards(cards, state.chosen_model(), state.choose_model, key=key):
        state.open_page("sliders")


models = shelf(store.list_models())
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("Choose a model; a second click opens it in Sliders. Or go to", width="content")
    for name in ("sliders", "map", "morph") if models.cards or models.companions else ():
        title, icon = state.PAGES[name]
        st.page_link(state.page(name), label=title, icon=icon)
show_runs_under_way()
if models.cards or models.companions:
    show_cards(models.cards, state.GALLERY_CARDS)
    if models.companions:
        st.markdown(COMPANIONS)
        show_cards(models.companions, state.GALLERY_COMPANIONS)
    st.caption(NOTE)
else:
    st.info("There is no model here yet. Train one on the bundled digits: it takes less than a minute.")
    st.page_link(state.page("train"), label="Train a model", icon=":material/model_training:")
show_broken(models.broken)
