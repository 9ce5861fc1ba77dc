"""Anatomy: how a VAE works, on live data: one image goes through the whole machine, then chapter by chapter."""

from __future__ import annotations

from ui import state
from ui.anatomy import anatomy_page

model = state.current_model()
if model is not None:
    anatomy_page(model, key=state.ANATOMY)
