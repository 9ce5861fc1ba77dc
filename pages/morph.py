"""Morph: walk from one image into another, through several, or mix them."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.errors import plain
from ui.model_data import NO_IMAGES
from ui.morph_path import morph_path, starting_morph

model = state.current_model()
if model is not None and model.latents is None:
    st.info(NO_IMAGES, icon=":material/image_not_supported:")
elif model is not None:
    st.markdown("Drag along the path: the images turn into one another under your hand. Add up to eight, in any order.")
    visit, same = state.visit_of(state.MORPH_VISIT, f"{model.name}/{model.weights}")
    start = starting_morph(model, dict(st.query_params) if same else {}, visit)
    opened = morph_path(model, start, key=state.MORPH)
    if start.problem:
        st.caption(f":material/info: {plain(start.problem)}")
    if opened is not None:
        state.open_page("sliders", z=opened.latent, label=opened.label)
