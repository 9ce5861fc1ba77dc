"""The morph as a Streamlit element."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from store import LoadedModel
from ui.component_files import browser_component, packed
from ui.model_data import image_notes, label_of, model_data, originals_found
from ui.morph_path.path import POINTS, Morph, chosen_morph, path_latents

_morph = browser_component(Path(__file__).parent)


def morph_path(model: LoadedModel, link: dict[str, str], key: str) -> Morph:
    """Draws the path between two test images of the model; gives back which one. The model has encoded images.

    link: URL parameters a, b, path, t.
    """
    asked = (st.session_state.get(key) or {}).get("ends")
    meant = asked if asked and asked["weights"] == model.weights else None
    morph = chosen_morph(len(model.latents), model.latents.label, link, meant)
    _morph(key=key, data=morph_data(model, morph), on_ends_change=_rerun, on_place_change=_rerun)
    return morph


def morph_data(model: LoadedModel, morph: Morph) -> dict[str, Any]:
    """What the component is told; the path is packed float32 (POINTS, D)."""
    return model_data(model) | {
        "latent_dim": model.latent_dim,
        "a": _end(model, morph.a),
        "b": _end(model, morph.b),
        "place": morph.place,
        "note": image_notes(model, [morph.a, morph.b]),
        "path": {
            "id": f"{model.weights}/{morph.a}/{morph.b}/{morph.path}",
            "kind": morph.path,
            "latents": packed(path_latents(model, morph, POINTS)),
        },
    }


def _end(model: LoadedModel, row: int) -> dict[str, Any]:
    return {"row": row, "label": label_of(model, row), "original": bool(originals_found(model)[row])}


def _rerun() -> None:
    """The script runs again and reads the component's state; there is nothing else to do."""
