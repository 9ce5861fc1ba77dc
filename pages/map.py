"""Map: the encoded test images in a plane, and what the model decodes between them."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.errors import plain
from ui.latent_map import asked_plane, latent_map, plane_for, watch_projection
from ui.model_data import NO_IMAGES

model = state.current_model()
if model is not None and model.latents is None:
    st.info(NO_IMAGES, icon=":material/image_not_supported:")
elif model is not None and model.latent_dim < 2:
    st.info(
        f"{plain(model.name)} has 1 latent dimension; a map needs 2. Its one slider shows all of it.",
        icon=":material/linear_scale:",
    )
    st.page_link(state.page("sliders"), label="Open Sliders", icon=":material/tune:")
elif model is not None:
    st.markdown("Move over the map: the picture shows what the model decodes there. Click a dot to open its image.")
    choice = asked_plane(model, dict(st.query_params), key=state.MAP)
    plane, looking = plane_for(model, choice)
    opened = latent_map(model, plane, choice, key=state.MAP)
    if looking is not None:
        watch_projection(looking)
    if choice.problem:
        st.caption(f":material/info: {plain(choice.problem)}")
    if opened is not None:
        st.session_state.pop(state.SLIDERS_LEFT, None)
        state.open_page("sliders", image=opened.row, z=opened.latent)
