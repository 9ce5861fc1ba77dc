"""Generate: pictures that the model makes up, and whether they are copies."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.sample_sheet import sample_sheet

model = state.current_model()
if model is not None:
    st.markdown(
        "Drag the temperature: all samples follow. Choose one to see whether the model made it up or copied it."
    )
    opened = sample_sheet(model, key=state.GENERATE)
    if opened is not None and opened.page == "sliders":
        state.open_page("sliders", z=opened.z, label=opened.label)
    elif opened is not None and opened.page == "morph":
        state.open_page("morph", keys=opened.keys, label=opened.label)
    elif opened is not None:
        state.open_page("map", pin=opened.row)
