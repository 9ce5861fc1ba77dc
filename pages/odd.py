"""Odd ones: the images that are strangest to a model, by several scores, and how well a score finds a class."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.model_data import NO_IMAGES
from ui.odd_ones import odd_ones

model = state.current_model()
if model is not None and model.latents is None:
    st.info(NO_IMAGES, icon=":material/image_not_supported:")
elif model is not None:
    st.markdown("The strangest images come first. Drag the line to say where odd begins; choose an image to see why.")
    taken = odd_ones(model, key=state.ODD)
    if taken is not None:
        source = None if taken.source == "reference" else taken.source
        selected = ",".join(map(str, taken.selected)) or None
        state.open_page("map", source=source, selected=selected, group=taken.group)
