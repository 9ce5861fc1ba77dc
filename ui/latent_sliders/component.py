"""The sliders as a Streamlit element."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from store import LoadedModel
from ui.component_files import browser_component
from ui.latent_sliders.start import Place, Start, identity, starting_point
from ui.model_data import image_notes, label_of, model_data, nats_per_dimension, originals_found

_sliders = browser_component(Path(__file__).parent)


def latent_sliders(model: LoadedModel, link: dict[str, str], left: Place | None, key: str) -> tuple[Place, Start]:
    """Draws the sliders of the model; gives back where the hand last let go, and where they began.

    link: URL parameters; left: where the visitor was before (see `starting_point`).
    """
    known = st.session_state.get(key) or {}
    start = starting_point(model, link, left, known.get("row"))
    data = model_data(model) | {
        "ranges": model.ranges.round(4).tolist(),
        "nats": nats_per_dimension(model),
        "originals": start.row is not None and bool(originals_found(model)[start.row]),
        "note": image_notes(model, None if start.row is None else [start.row]),
        "start": {
            "id": start.id,
            "latent": start.latent.astype(float).round(5).tolist(),
            "code": None if start.row is None else model.latents.mean[start.row].astype(float).round(5).tolist(),
            "row": start.row,
            "label": label_of(model, start.row),
            "edited": start.edited,
        },
    }
    drawn = _sliders(key=key, data=data, on_latent_change=_rerun, on_row_change=_rerun)
    committed = drawn.get("latent")
    if committed and committed["start"] == start.id:
        return Place(identity(model), np.float32(committed["values"]), start.row, start.visit), start
    return Place(identity(model), start.latent, start.row, start.visit), start


def _rerun() -> None:
    """The script runs again and reads the component's state; there is nothing else to do."""
