"""Map: every encoded image of a model as a dot, and what the model decodes between them."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.errors import plain
from ui.latent_map import latent_map
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
    st.markdown(
        "Each dot is an image. Move over the map: the model draws what lives there, between the dots too."
        " Click a dot to pin it."
    )
    opened = latent_map(model, key=state.MAP)
    if opened is not None and opened.page == "morph":
        state.open_page("morph", a=opened.row)
    elif opened is not None and opened.page == "attributes":
        state.open_page("attributes", group=opened.group)
    elif opened is not None:
        state.open_page("sliders", image=opened.row, z=opened.latent, label=opened.label)
