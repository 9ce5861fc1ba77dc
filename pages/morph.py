"""Morph: walk from one image into another."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.errors import plain
from ui.model_data import NO_IMAGES
from ui.morph_path import morph_gif, morph_path

model = state.current_model()
if model is not None and model.latents is None:
    st.info(NO_IMAGES, icon=":material/image_not_supported:")
elif model is not None:
    st.markdown("Drag along the path: image A turns into image B under your hand.")
    morph = morph_path(model, dict(st.query_params), key=state.MORPH)
    with st.container(horizontal=True, vertical_alignment="center"):
        morph_gif(model, morph)
    if morph.problem:
        st.caption(f":material/info: {plain(morph.problem)}")
