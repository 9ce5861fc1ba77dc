"""Sliders: drag the latent dimensions of a model and watch the picture follow."""

from __future__ import annotations

import streamlit as st

from ui import caches, state
from ui.errors import plain
from ui.latent_sliders import latent_sliders

model = state.current_model()
if model is not None:
    st.markdown("Drag a slider: the picture follows your hand. The link in the address bar keeps what you make.")
    left = st.session_state.get(state.SLIDERS_LEFT)
    axes = caches.axes(model)
    place, start = latent_sliders(model, dict(st.query_params), left, key=state.SLIDERS, axes=axes)
    st.session_state[state.SLIDERS_LEFT] = place
    if start.problem:
        st.caption(f":material/info: {plain(start.problem)}")
