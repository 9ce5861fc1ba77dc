"""Attributes: move a picture along directions that mean something."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.attribute_sliders import attribute_sliders

model = state.current_model()
if model is not None:
    st.markdown(
        "Drag a slider: your picture gains or loses what the direction stands for. Under Attributes, find your own."
    )
    opened = attribute_sliders(model, key=state.ATTRIBUTES)
    if opened is not None and opened.page == "morph":
        state.open_page("morph", keys=opened.keys, label=opened.label)
    elif opened is not None:
        state.open_page("sliders", z=opened.z, label=opened.label)
