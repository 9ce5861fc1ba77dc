"""Repair: add noise to a picture or paint a hole in it, and see what the model makes of what is left."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.repair_bench import repair_bench

model = state.current_model()
if model is not None:
    st.markdown("Paint over a part of the picture, or add noise: the model repairs it under your hand.")
    repair_bench(model, key=state.REPAIR)
